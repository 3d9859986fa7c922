import { describe, expect, it } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import { secret, UNKNOWN } from "../../protocol/properties";
import { makeUrn } from "../../protocol/urn";
import { fromState } from "../resource";
import { digestOf } from "./digest";

const type = "azure-native:containerservice:ManagedCluster";
const cluster: ResourceState = {
  urn: makeUrn("prod", "ecluse", type, "cluster"),
  custom: true,
  type,
  inputs: { name: "a", password: secret("hunter2") },
  outputs: { fqdn: UNKNOWN },
};
const hash = (state: ResourceState) => digestOf([fromState(state)]);
const changed = (change: Partial<ResourceState>) => hash({ ...cluster, ...change });

describe("the hash of what was judged", () => {
  it("is a SHA-256", () => expect(hash(cluster)).toMatch(/^[0-9a-f]{64}$/));

  it.each<[string, Partial<ResourceState>]>([
    ["an input", { inputs: { ...cluster.inputs, name: "b" } }],
    ["the mark of a secret", { inputs: { ...cluster.inputs, name: secret("a") } }],
    ["an output", { outputs: { fqdn: UNKNOWN, token: "glpat-1" } }],
    ["the id", { id: "/subscriptions/1" }],
    ["the parent", { parent: makeUrn("prod", "ecluse", "pulumi:pulumi:Stack", "ecluse-prod") }],
    ["the provider", { provider: "urn:pulumi:prod::ecluse::pulumi:providers:azure-native::azure::1" }],
    ["protection", { protect: true }],
    ["what is ignored", { ignoreChanges: ["properties"] }],
    ["what replaces it", { replaceOnChanges: ["name"] }],
    ["what it waits for", { dependencies: ["urn:pulumi:prod::ecluse::a:b:C::c"] }],
    ["where a value comes from", { propertyDependencies: { name: ["urn:pulumi:prod::ecluse::a:b:C::c"] } }],
  ])("changes with %s, which rules read", (_what, change) => expect(changed(change)).not.toBe(hash(cluster)));

  it.each<[string, Partial<ResourceState>]>([
    ["the order of keys", { inputs: { password: secret("hunter2"), name: "a" } }],
    // A hash that followed a secret would let people try which it is.
    ["a secret", { inputs: { ...cluster.inputs, password: secret("another") } }],
    ["times", { created: "2026-01-01T00:00:00Z", modified: "2026-01-02T00:00:00Z" }],
    ["the line of the program", { sourcePosition: "project:///a.ts#1,1" }],
  ])("does not change with %s", (_what, change) => expect(changed(change)).toBe(hash(cluster)));
});
