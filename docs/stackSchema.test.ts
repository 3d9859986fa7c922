import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { stackNames } from "../cli/stacks";
import { projectRoot } from "../local/home";
import { stackSchema } from "./stackSchema";

const text = (stack: string) => readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");
const valid = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(
  JSON.parse(stackSchema()),
);

/** The content of a stack's file with one value changed; undefined removes it. */
function edited(stack: string, path: readonly (string | number)[], value: unknown): unknown {
  const document = parseDocument(text(stack));
  if (value === undefined) document.deleteIn(["config", ...path]);
  else document.setIn(["config", ...path], value);
  return document.toJS();
}

it("is what npm run docs has written for editors", () => {
  expect(readFileSync(join(projectRoot, "stacks/stack.schema.json"), "utf8")).toBe(stackSchema());
});

describe("the schema for editors", () => {
  it.each(stackNames())("takes Pulumi.%s.yaml, which names it in its first line", (stack) => {
    expect([valid(parse(text(stack))), valid.errors]).toEqual([true, null]);
    expect(text(stack)).toMatch(/^# yaml-language-server: \$schema=\.\/stacks\/stack\.schema\.json\n/);
  });

  it.each([
    ["an unknown key", "dev", ["ecluse:colour"], "red"],
    ["an unknown namespace", "dev", ["eclusse:tier"], "development"],
    ["an unknown tier", "dev", ["ecluse:tier"], "prod"],
    ["a missing domain", "onprem-dev", ["ecluse:cluster", "domain"], undefined],
    ["a gate out of its bounds", "local-dev", ["ecluse:useCases", 0, "gates"], { floor: 0.4 }],
    [
      "a bound of the other metric",
      "local-dev",
      ["ecluse:useCases", 0, "gates"],
      { metric: "r2", maxBrier: 0.1 },
    ],
    ["a part of another target", "onprem-dev", ["ecluse:azure"], { location: "northeurope" }],
    ["default providers", "dev", ["pulumi:disable-default-providers"], undefined],
    ["a token in the file", "forge", ["ecluse:gitlab", "token"], "glpat-x"],
  ] as const)("refuses %s", (_what, stack, path, value) => {
    expect(valid(edited(stack, path, value))).toBe(false);
  });

  it("says of every key what it means, without the links of the page", () => {
    const descriptions = [...stackSchema().matchAll(/"description": (".*")/g)].map(([, json]) =>
      String(json),
    );
    expect(descriptions.length).toBeGreaterThan(100);
    expect(descriptions.filter((each) => each.includes("](") || each.includes("shown"))).toEqual([]);
  });
});
