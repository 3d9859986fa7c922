import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { stateful } from "./stateful";
import { guard } from "./statefulGuard";

const type = "azure-native:storage:StorageAccount";
const kept = stateful(type, true);
const closed = {
  accountName: "store",
  allowBlobPublicAccess: false,
  allowSharedKeyAccess: false,
  allowCrossTenantReplication: false,
  enableHttpsTrafficOnly: true,
  publicNetworkAccess: "Disabled",
  networkRuleSet: { defaultAction: "Deny", bypass: "None" },
};

/** What the guard makes of a resource's inputs. */
const guarded = (inputs: object = {}, opts: pulumi.CustomResourceOptions = kept, ofType = type) =>
  guard({
    resource: undefined as never,
    type: ofType,
    name: "store",
    props: { ...closed, ...inputs },
    opts,
  })?.props;

/**
 * The value of an output, or why it has none; a refused one rejects its other promises too, which nobody else awaits
 * here.
 */
function value(output: unknown): Promise<unknown> {
  const { promise, isKnown, isSecret } = output as Record<"isKnown" | "isSecret", Promise<boolean>> & {
    promise(withUnknowns?: boolean): Promise<unknown>;
  };
  for (const other of [isKnown, isSecret]) other.catch(() => undefined);
  return promise.call(output, true);
}

describe("the guard", () => {
  it("gives closed inputs back as they are", () => {
    expect(guarded()).toEqual(closed);
  });

  it.each<[string, object, pulumi.CustomResourceOptions, string]>([
    ["no protection", {}, { ...kept, protect: false }, "protect is false: in production set it to true"],
    [
      "protection left to a parent",
      {},
      { ...kept, protect: undefined },
      "protect is not set: in production ",
    ],
    ["unwatched replacements", {}, { protect: true }, "replaceOnChanges is not set: in production "],
    [
      "one that is unwatched",
      {},
      { ...kept, replaceOnChanges: kept.replaceOnChanges?.slice(1) },
      "add accountName, with stateful(...)",
    ],
    ["public blobs", { allowBlobPublicAccess: true }, kept, "allowBlobPublicAccess is true"],
    [
      "an input left out",
      { allowSharedKeyAccess: undefined },
      kept,
      "allowSharedKeyAccess is not set: in production ",
    ],
    ["a public network", { publicNetworkAccess: "Enabled" }, kept, 'publicNetworkAccess is "Enabled"'],
    [
      "no rule set",
      { networkRuleSet: undefined },
      kept,
      "networkRuleSet.defaultAction is not set: in production ",
    ],
    [
      "an input that would not count",
      {},
      { ...kept, ignoreChanges: ["networkRuleSet"] },
      "leave networkRuleSet.defaultAction out of it",
    ],
  ])("refuses %s, naming the resource", (_case, inputs, options, message) => {
    expect(() => guarded(inputs, options)).toThrow(message);
    expect(() => guarded(inputs, options)).toThrow(/^store \(azure-native:storage:StorageAccount\): /);
  });

  it("reads Azure's values without regard to case", () => {
    expect(guarded({ publicNetworkAccess: "disabled" })).toMatchObject({ publicNetworkAccess: "disabled" });
  });

  it("leaves alone what is read by its id, and what holds no data", () => {
    expect(guarded({}, { id: "/theirs" })).toBeUndefined();
    expect(guarded({ allowBlobPublicAccess: true }, {}, "azure-native:storage:Blob")).toBeUndefined();
  });
});

describe("inputs that are outputs", () => {
  it("are checked when they are known, at any depth", async () => {
    const inputs = guarded({
      networkRuleSet: pulumi.output({ defaultAction: "Deny", bypass: "None" }),
      allowSharedKeyAccess: Promise.resolve(false),
    });
    expect(await value(inputs?.networkRuleSet)).toEqual(closed.networkRuleSet);
    expect(await value(inputs?.allowSharedKeyAccess)).toBe(false);
  });

  it.each([
    ["open", { networkRuleSet: pulumi.output({ defaultAction: "Allow" }) }, 'defaultAction is "Allow"'],
    [
      "empty",
      { networkRuleSet: pulumi.output(undefined) },
      "networkRuleSet.defaultAction is not set: in production ",
    ],
    [
      "open within",
      { networkRuleSet: { defaultAction: pulumi.output("Allow") } },
      'networkRuleSet.defaultAction is "Allow"',
    ],
  ])("are refused before the resource is registered: %s", async (_case, open, message) => {
    const { networkRuleSet } = guarded(open) as { networkRuleSet: unknown };
    const inner = pulumi.Output.isInstance(networkRuleSet)
      ? networkRuleSet
      : (networkRuleSet as { defaultAction: unknown }).defaultAction;
    await expect(value(inner)).rejects.toThrow(message);
  });

  it("keep what is known beside them", () => {
    const { networkRuleSet, ...rest } =
      guarded({ networkRuleSet: pulumi.output(closed.networkRuleSet) }) ?? {};
    const { networkRuleSet: _checked, ...known } = closed;
    expect(rest).toEqual(known);
    expect(pulumi.Output.isInstance(networkRuleSet)).toBe(true);
  });
});

describe("an environment", () => {
  class Account extends pulumi.CustomResource {}

  /** Registers an open account inside of a component, and catches what becomes of it. */
  async function openAccount(production: boolean): Promise<string> {
    let outcome = "registered";
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
      call: () => ({}),
    });
    await pulumi.runtime.runInPulumiStack(async () => {
      const transformations = production ? [guard] : [];
      const environment = new pulumi.ComponentResource(
        "test:Environment",
        "environment",
        {},
        { transformations },
      );
      const parent = new pulumi.ComponentResource("test:Store", "component", {}, { parent: environment });
      try {
        new Account(type, "store", { ...closed, allowBlobPublicAccess: true }, { ...kept, parent });
      } catch (error) {
        outcome = (error as Error).message;
      }
    });
    await pulumi.runtime.disconnect();
    return outcome;
  }

  it("is guarded down to the children of components in production, and free elsewhere", async () => {
    expect(await openAccount(true)).toContain("allowBlobPublicAccess is true: in production set it to false");
    expect(await openAccount(false)).toBe("registered");
  });
});
