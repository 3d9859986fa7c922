import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import { analyzerOf } from "../../policies/analyzer";
import { isObject, type Properties, type Value } from "../../protocol/properties";
import { graph } from "../graphs/plan";
import { named } from "./findings";
import { PackServer } from "./packServer";

/** Turns every switch over: what was safe is not, so that there is much to find. */
const flipped = (value: Value): Value => {
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return value.map(flipped);
  return isObject(value) && !("4dabf18193072939515e22adb298388d" in value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, flipped(item)]))
    : value;
};
const weakened = (state: ResourceState): ResourceState => ({
  ...state,
  protect: false,
  inputs: flipped(state.inputs ?? {}) as Properties,
});

describe.each([
  ["dev", 50],
  ["prod", 50],
  ["forge", 15],
  ["onprem-dev", 50],
  ["onprem-prod", 50],
])("the pack over gRPC, on %s", (stack, many) => {
  let server: PackServer;
  let states: readonly ResourceState[];
  beforeAll(async () => {
    server = await PackServer.start(stack);
    states = (await graph(stack)).resources;
  }, 120_000);
  afterAll(() => server?.stop());

  const here = () => analyzerOf(stack);

  it.each([
    ["as it is", (state: ResourceState) => state, 0],
    ["weakened", weakened, many],
  ] as const)("finds what the embedded engine finds, %s", async (_what, change, least) => {
    const changed = states.map(change);
    const found: { policy: string; urn: string }[] = [];
    for (const state of changed)
      for (const each of await server.resource(state))
        found.push({ policy: each.getPolicyname(), urn: state.urn });
    for (const each of await server.stack(changed))
      found.push({ policy: each.getPolicyname(), urn: each.getUrn() });
    const expected = [...changed.flatMap((state) => here().resource(state)), ...here().stack(changed)];
    expect(named(found)).toEqual(named(expected));
    expect(expected.length).toBeGreaterThanOrEqual(least);
  });
});
