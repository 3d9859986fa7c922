import { describe, expect, it } from "vitest";
import { halves, overlaps, prefixLength } from "./cidr";

describe("address ranges", () => {
  it.each([
    ["10.0.0.0/16", "10.0.255.0/24", true],
    ["10.0.0.0/16", "10.1.0.0/16", false],
    ["10.0.0.0/24", "10.0.0.0/8", true],
    ["10.0.1.0/24", "10.0.0.0/24", false],
    ["255.255.255.255/32", "0.0.0.0/0", true],
    ["192.168.0.0/22", "192.168.4.0/22", false],
  ])("%s and %s overlap: %s", (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected);
    expect(overlaps(other, one)).toBe(expected);
  });

  it("halves", () => {
    expect(halves("10.0.0.0/16")).toEqual(["10.0.0.0/17", "10.0.128.0/17"]);
    expect(halves("255.255.255.254/31")).toEqual(["255.255.255.254/32", "255.255.255.255/32"]);
    expect(() => halves("10.0.0.1/32")).toThrow("10.0.0.1/32 is one address");
  });

  it("knows the prefix", () => {
    expect(prefixLength("0.0.0.0/0")).toBe(0);
    expect(prefixLength("10.64.0.0/10")).toBe(10);
  });

  it.each(["10.0.0.1/16", "10.0.0.0", "10.0.0.0/33", "256.0.0.0/8", "10.0.0/8", "fd00::/8", ""])(
    "refuses %j",
    (cidr) => {
      expect(() => overlaps(cidr, "10.0.0.0/8")).toThrow(`${JSON.stringify(cidr)} is no address range`);
    },
  );
});
