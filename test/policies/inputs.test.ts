import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import { type Input, inputsOf } from "./inputs";
import { Noticing } from "./noticing";
import { resourcesOf } from "./plannedStacks";
import { reasons } from "./unjudgedReasons";

// Production first: it stands for development, which asks for less.
const stacks = ["prod", "onprem-prod", "local-prod", "forge", "dev", "onprem-dev", "local-dev"];
const planned = new Map<string, readonly ResourceState[]>();
beforeAll(async () => {
  for (const stack of stacks) planned.set(stack, await resourcesOf(stack));
}, 240_000);

const written = ({ type, path }: Pick<Input, "type" | "path">) => `${type} ${path}`.trim();
const listed = readFileSync(join(__dirname, "unjudgedInputs.txt"), "utf8").split("\n").filter(Boolean);
const reasonsFor = ({ type, path }: Pick<Input, "type" | "path">) =>
  reasons.filter(({ types, paths }) => types.test(type) && paths.test(path));

/** The inputs that no rule notices a change of, and that the list does not have. */
const unaccounted = (stacks: ReadonlyMap<string, readonly ResourceState[]>, inputs: readonly Input[]) => {
  const [rules, known] = [new Noticing(stacks), new Set(listed)];
  return inputs.filter((input) => !known.has(written(input)) && !rules.notices(input)).map(written);
};

describe("every input that the program makes", () => {
  it("is noticed by a rule when it is another, or in the list", { timeout: 120_000 }, () => {
    // What fails here is new: give it a rule, or a line in unjudgedInputs.txt and a reason in unjudgedReasons.ts.
    expect(unaccounted(planned, inputsOf(planned))).toEqual([]);
  });

  it("has a reason where it is in the list, and is still there", () => {
    const inputs = new Map(inputsOf(planned).map((input) => [written(input), input]));
    expect(listed.filter((line) => !inputs.has(line))).toEqual([]);
    const silent = listed.filter((line) => reasonsFor(inputs.get(line) as Input).length === 0);
    expect(silent).toEqual([]);
  });

  it("is what each reason is about", () => {
    const all = inputsOf(planned).filter((input) => listed.includes(written(input)));
    const idle = reasons.filter(
      ({ types, paths }) => !all.some(({ type, path }) => types.test(type) && paths.test(path)),
    );
    expect(idle).toEqual([]);
  });
});

it("a new input that no rule judges is found", () => {
  const states = planned.get("prod") ?? [];
  const vault = states.find(({ type }) => type === "azure-native:keyvault:Vault") as ResourceState;
  const opened = { ...vault, inputs: { ...vault.inputs, sideDoor: true } };
  const changed = new Map(planned).set("prod", [...states.filter((state) => state !== vault), opened]);
  const inputs = inputsOf(changed).filter(({ path }) => path === "sideDoor");
  expect(unaccounted(changed, inputs)).toEqual(["azure-native:keyvault:Vault sideDoor"]);
});
