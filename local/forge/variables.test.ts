import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeForge } from "./fixture";
import { deleteVariable, digestOf, listVariables, setVariable, variablesFor } from "./variables";

const base = {
  project: "2",
  key: "URL",
  environmentScope: "dev",
  value: "dev-value-1",
  masked: true,
  protected: false,
};
const values = (variables: readonly { value: string }[]) => variables.map(({ value }) => value);

it("gives a job the values of its own environment, and protected ones on protected refs only", () => {
  const { home } = makeForge();
  setVariable(home, { ...base, environmentScope: "*", value: "for-all-1" });
  setVariable(home, base);
  setVariable(home, { ...base, environmentScope: "prod", value: "prod-value-1", protected: true });
  const seen = (environment: string | undefined, refProtected: boolean, project = "2") =>
    values(variablesFor(home, { project, environment, refProtected }));
  expect(seen("dev", true)).toEqual(["dev-value-1"]);
  expect(seen("prod", true)).toEqual(["prod-value-1"]);
  expect(seen("prod", false)).toEqual(["for-all-1"]);
  expect(seen(undefined, true)).toEqual(["for-all-1"]);
  expect(seen("dev", true, "3")).toEqual([]);
});

it("seals values with their environment's key, and lists none", () => {
  const { home } = makeForge();
  setVariable(home, base);
  setVariable(home, { ...base, value: "dev-value-2" });
  expect(listVariables(home, "2")).toEqual([{ ...base, value: undefined }]);
  expect(readFileSync(join(home, "forge", "variables.json"), "utf8")).not.toContain("dev-value");
  const scope = { project: "2", environment: "dev", refProtected: false };
  expect(values(variablesFor(home, scope))).toEqual(["dev-value-2"]);
  rmSync(join(home, "keys", "dev"));
  expect(() => variablesFor(home, scope)).toThrow();
  deleteVariable(home, base);
  deleteVariable(home, base);
  expect(listVariables(home, "2")).toEqual([]);
});

it("shows by a digest that a value or the text changed", () => {
  const { home } = makeForge();
  const digest = digestOf(home, [base], "x");
  expect(digestOf(home, [{ ...base }], "x")).toBe(digest);
  expect(digestOf(home, [{ ...base, value: "dev-value-2" }], "x")).not.toBe(digest);
  expect(digestOf(home, [base], "y")).not.toBe(digest);
});

it.each([
  [{ key: "1X" }, /key must be letters, digits and _/],
  [{ environmentScope: "Dev*" }, /environmentScope of URL/],
  [{ value: "short" }, /at least 8 characters, got 5/],
  [{ value: "two words here" }, /no white space/],
])("refuses %o", (change, message) => {
  const { home } = makeForge();
  expect(() => setVariable(home, { ...base, ...change })).toThrow(message);
});
