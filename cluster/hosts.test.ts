import { expect, it } from "vitest";
import { parseHosts } from "./hosts";

it("reads names with their addresses", () => {
  expect(parseHosts(["gitlab.example.com=10.0.0.1", "s3=10.0.0.2"])).toEqual({
    "gitlab.example.com": "10.0.0.1",
    s3: "10.0.0.2",
  });
});

it.each(["gitlab.example.com", "gitlab=elsewhere", "a b=10.0.0.1", "a=10.0.0.1\n}"])("refuses %j", (text) => {
  expect(() => parseHosts([text])).toThrow("give <name>=<IPv4 address>, such as gitlab.example.com=10.0.0.1");
});
