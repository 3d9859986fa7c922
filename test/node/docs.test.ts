import { expect, it } from "vitest";
import { block, filledIn, shellFunction } from "./docs";

it("takes a function of the page, and puts a reader's words into it", () => {
  const landing = shellFunction(block("landing() {"), "landing");
  expect(landing.split("\n")[0]).toBe("landing() {");
  const filled = filledIn(landing, { COMMIT: "0123abcd", "dev-": "prod-" });
  expect(filled).toContain("land=registry.example.com/ecluse/bank-churn:0123abcd");
  expect(filled).not.toContain("dev-");
});

it("throws for what the page does not have", () => {
  expect(() => block("no such command")).toThrow(/no, or more than one, block/);
  expect(() => block("kubectl")).toThrow(/no, or more than one, block/);
  expect(() => shellFunction("echo", "landing")).toThrow(/no function landing/);
  expect(() => filledIn("echo", { COMMIT: "a" })).toThrow(/have no COMMIT/);
});
