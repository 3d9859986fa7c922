import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { administrator } from "../../cluster/controlPlane";
import { chain } from "./chain";
import { failures } from "./failures";
import { ClusterForge } from "./forge";
import { ClusterStack } from "./stack";

const obstacle = inject("noNode");
const title = obstacle ? `onprem-dev as pods (skipped: ${obstacle})` : "onprem-dev as pods";

describe(title, { skip: obstacle !== undefined }, () => {
  let dev: ClusterStack;
  let forge: ClusterForge;
  beforeAll(async () => {
    forge = new ClusterForge(administrator());
    await forge.start();
    dev = new ClusterStack(inject("node"), "onprem-dev", "dev", forge.edits("Pulumi.onprem-dev.yaml"));
  });
  afterAll(() => {
    dev?.remove();
    forge?.stop();
  });

  it("makes its namespaces first, as the docs say", async () => {
    await dev.prepare();
    const names = (await dev.client.list("v1", "Namespace")).map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(["dev-platform", "dev-data", "dev-bank-churn"]));
  });

  it("comes up whole by the real CLI and the real Kubernetes provider", async () => {
    await dev.up();
  });

  it("has every pod ready", async () => {
    const names = (await dev.pods()).map(({ namespace, name }) => `${namespace}/${name}`);
    for (const expected of [/data\/database-1$/, /data\/objects-0$/, /platform\/tracking-/, /churn\/serve-/])
      expect(
        names.some((name) => expected.test(name)),
        `${expected}`,
      ).toBe(true);
  });

  it("is not changed by a second up", async () => {
    const { create, update, replace } = await dev.up();
    expect({ create, update, replace }).toEqual({});
  });

  describe("takes bank churn through development", () =>
    chain(() => ({ client: dev.client, forge, state: () => dev.state() })));

  describe("when something fails", () => failures(() => dev));
});
