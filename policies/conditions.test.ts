import { describe, expect, it } from "vitest";
import { type Properties, secret } from "../protocol/properties";
import { drawn } from "./cases";
import { allOf, anyOf, at, every, is, isNot, matches, not, set, unset } from "./conditions";
import { contextOf } from "./context";
import type { Condition } from "./rule";

const resource = drawn({ type: "kubernetes:core/v1:Secret" });
const why = (path: string, value: string | ReturnType<typeof secret>) =>
  unset(path)({ value: { [path]: value }, resource }, contextOf("prod", undefined)).why;

it.each([
  ["PGPASSWORD", "from a keyboard"],
  ["uri", "postgresql://tracking:typed@db.example.com/tracking"],
  ["note", secret("marked")],
])("no finding shows the secret that %s is", (path, value) => {
  expect(why(path, value)).toBe(`${path} is a secret, and must be left out`);
});

it("a finding shows what is no secret", () => {
  expect(why("type", "NodePort")).toBe('type is "NodePort", and must be left out');
});

describe("the evidence of a pass", () => {
  const saw = (condition: Condition, value: Properties) => {
    const { verdict, saw } = condition({ value, resource }, contextOf("prod", undefined));
    expect(verdict).toBe("pass");
    return saw?.() ?? "";
  };

  it.each<[string, Condition, Properties]>([
    ['tier is "free"', is("tier", "free"), { tier: "free" }],
    ["tier is not set", isNot("tier", "free"), {}],
    ["a is 1; b is 2", allOf(is("a", 1), is("b", 2)), { a: 1, b: 2 }],
    ["b is 2", anyOf(is("a", 1), is("b", 2)), { a: 3, b: 2 }],
    ["list[0]: it is 1; list[1]: it is 1", every("list", is("", 1)), { list: [1, 1] }],
    ["inner: a is true", at("inner", is("a", true)), { inner: { a: true } }],
  ])("names what was seen: %s", (text, condition, value) => expect(saw(condition, value)).toBe(text));

  it.each<[string, Properties]>([
    ["what is marked", { a: secret("hunter2") }],
    ["what looks like a secret", { a: "postgresql://tracking:hunter2@db.example.com/tracking" }],
    ["what is called so", { PGPASSWORD: "hunter2" }],
  ])("shows no secret: %s", (_what, value) => {
    const [key = ""] = Object.keys(value);
    expect(saw(set(key), value)).toBe(`${key} is a secret`);
  });

  it("shows nothing of what a rule refuses by its opposite: a rule on URLs with tokens in them is made so", () => {
    expect(saw(not(matches("url", /^http:/), "it is open"), { url: "https://example.com/token" })).toBe("");
  });
});
