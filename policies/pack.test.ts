import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../protocol/properties";
import { makeUrn } from "../protocol/urn";
import { rules } from "./all";
import config from "./config.json";
import { Pack, type PolicySetting } from "./pack";
import type { Resource } from "./resource";
import { policyName, type ResourceRule } from "./rule";
import { fail, open, pass } from "./verdict";
import { Waivers } from "./waivers";

const waiver = {
  id: "W-1",
  rule: "T-01",
  urnPattern: "*::waived",
  reason: "",
  risk: "",
  owner: "",
  approver: "",
  ticket: "",
  created: "2026-01-01",
  expiresOn: "2026-06-01",
};

const small: ResourceRule = {
  id: "T-01",
  name: "small",
  severity: "low",
  environments: "production",
  description: "It is small.",
  remediation: "Make it smaller.",
  scope: "resource",
  types: ["a:b:Thing"],
  parameters: { most: { type: "number", description: "The largest that is small.", default: 3 } },
  check({ resource }, context) {
    const { size = 0 } = resource.inputs;
    if (size === UNKNOWN) return open("size is not known yet");
    return Number(size) <= context.parameter<number>(small, "most") ? pass : fail(`size is ${size}`);
  },
};

const own: ResourceRule = {
  ...small,
  id: "T-02",
  name: "own",
  check: ({ resource }) =>
    resource.propertyDependencies.size?.some((urn) => urn.includes("random:")) ? pass : fail("size is given"),
};

const thing = (
  size: number | string,
  { name = "thing", stack = "prod", type = "a:b:Thing" } = {},
): Resource => ({
  urn: makeUrn(stack, "ecluse", type, name),
  type,
  name,
  inputs: { size },
  outputs: {},
  protect: false,
  ignoreChanges: [],
  replaceOnChanges: [],
  dependencies: [],
  propertyDependencies: {},
});

const packOf = (stack?: string, setting?: PolicySetting, rule = small) => {
  const pack = new Pack([rule], new Waivers([waiver], "2026-02-01"), stack);
  if (setting) pack.configure(new Map([[policyName(rule), setting]]));
  return pack;
};

/** What a pack says, in short. */
const said = (pack: Pack, resource: Resource) =>
  pack.resource(resource).map((each) => (each.kind === "violation" ? [each.level, each.why] : each.why));

describe("a policy pack", () => {
  it("gives the CLI the parameters of config.json as defaults, since the CLI sends defaults back", () => {
    const policies = new Pack(rules, new Waivers([], "2026-02-01"), "dev").policies();
    const defaults = policies.map(({ rule, parameters }) => [
      rule.id,
      Object.fromEntries(Object.entries(parameters).map(([name, each]) => [name, each.default])),
    ]);
    expect(Object.fromEntries(defaults)).toMatchObject(config);
  });

  it.each<[string, number | string, object, unknown]>([
    ["passes", 3, {}, []],
    ["is broken", 4, {}, [["mandatory", "size is 4"]]],
    ["is not known", UNKNOWN, {}, ["open: size is not known yet"]],
    ["is of another type", 4, { type: "a:b:Other" }, ["it is not about a:b:Other"]],
    ["is waived", 4, { name: "waived" }, ["waived by W-1"]],
  ])("says of what %s why it has not passed", (_what, size, more, expected) =>
    expect(said(packOf("prod"), thing(size, more))).toEqual(expected),
  );

  it.each<[PolicySetting, unknown]>([
    [{ level: "mandatory", parameters: { most: 3 } }, [["mandatory", "size is 4"]]],
    [{ level: "mandatory", parameters: { most: 4 } }, []],
    [{ level: "advisory", parameters: {} }, [["advisory", "size is 4"]]],
    [{ level: "disabled", parameters: {} }, ["it is disabled"]],
  ])("is set by the CLI: %j", (setting, expected) =>
    expect(said(packOf("prod", setting), thing(4))).toEqual(expected),
  );

  it("judges a state, of which the CLI names no stack, as the stack of its resources", () => {
    const pack = packOf(undefined, { level: "mandatory", parameters: {} });
    expect(said(pack, thing(4, { stack: "dev" }))).toEqual([["advisory", "size is 4"]]);
    expect(said(pack, thing(4, { stack: "prod" }))).toEqual([["mandatory", "size is 4"]]);
    expect(said(pack, thing(4, { stack: "nobody-knows" }))).toEqual([["mandatory", "size is 4"]]);
  });

  it(
    "postpones a rule that asks where a value comes from until it sees the whole stack, and then judges " +
      "inputs",
    () => {
      const pack = packOf("prod", undefined, own);
      const [made, given] = [thing(4, { name: "made" }), thing(5, { name: "given" })];
      const late = "where values come from is known with the whole stack, which is judged then";
      for (const each of [made, given]) expect(said(pack, each)).toEqual([late]);
      const propertyDependencies = { size: [makeUrn("prod", "ecluse", "random:index:Id", "id")] };
      const whole = pack.stackOf([
        { ...made, propertyDependencies },
        { ...given, inputs: {} },
      ]);
      expect(whole).toEqual([
        { rule: own, kind: "violation", level: "mandatory", urn: given.urn, why: "size is given" },
      ]);
    },
  );
});
