import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { administrator } from "../../cluster/controlPlane";
import type { Edit } from "../graphs/checkout";
import { applied } from "./applied";
import { chain } from "./chain";
import { disks } from "./disks";
import { documented } from "./documented";
import { enforcement } from "./enforcement";
import { failures } from "./failures";
import { ClusterForge } from "./forge";
import { minutes } from "./ground";
import { isolation } from "./isolation";
import { login } from "./login";
import { production } from "./production";
import { askForLessCpu } from "./requests";
import { ClusterStack } from "./stack";
import { Traffic } from "./traffic";
import { upgrade } from "./upgrade";

/** What production has otherwise where there is one node, and no S3 beside it. */
const onOneNode: readonly Edit[] = [
  ["database: {instances: 3,", "database: {instances: 1,"],
  [
    `      kind: s3
      endpoint: https://s3.example.com
      region: eu-west-1
      prefix: ecluse-prod
      range: 192.0.2.20/32
      port: 443
`,
    "      kind: deployed\n",
  ],
].map(([from = "", to = ""]) => ["Pulumi.onprem-prod.yaml", from, to]);

const obstacle = inject("noNode");
const title = obstacle ? `on-premise stacks as pods (skipped: ${obstacle})` : "on-premise stacks as pods";

describe(title, { skip: obstacle !== undefined }, () => {
  let dev: ClusterStack;
  let prod: ClusterStack;
  let forge: ClusterForge;
  let traffic: Traffic;
  const groundOf = (stack: ClusterStack) => ({ client: stack.client, forge, state: () => stack.state() });
  beforeAll(async () => {
    traffic = new Traffic(administrator());
    forge = new ClusterForge(administrator());
    await forge.start();
    const edits = [...forge.edits("onprem-dev"), ...forge.edits("onprem-prod"), ...onOneNode];
    dev = new ClusterStack(inject("node"), "onprem-dev", "dev", edits);
    prod = new ClusterStack(inject("node"), "onprem-prod", "prod", edits);
  });
  afterAll(() => {
    traffic?.stop();
    dev?.remove();
    prod?.remove();
    forge?.stop();
  });

  it("makes its namespaces first, as the docs say", async () => {
    await dev.prepare(forge.secretsOf("dev"));
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

  describe("takes bank churn through development", () => chain(() => groundOf(dev)));

  describe("when something fails", () => {
    // From here on, since each pod is made again here.
    beforeAll(() => askForLessCpu(dev.client));
    failures(
      () => dev,
      () => groundOf(dev),
    );
    disks(
      () => dev,
      () => groundOf(dev),
    );
  });

  describe("goes on", () =>
    upgrade(
      () => dev,
      () => groundOf(dev),
    ));

  describe("beside production", () => {
    it("which comes up in the same cluster, with every pod ready", { timeout: minutes(20) }, async () => {
      await prod.prepare(forge.secretsOf("prod"));
      await prod.up();
      const names = (await prod.pods(300)).map(({ namespace, name }) => `${namespace}/${name}`);
      expect(names.filter((name) => name.startsWith("prod-bank-churn/serve-"))).toHaveLength(2);
    });

    describe("takes bank churn to production", () => production(() => groundOf(prod)));

    describe("logs people in", () => login(() => groundOf(dev)));

    describe("lets nothing cross", () => isolation(() => groundOf(dev)));

    it.each(["dev", "prod"])(
      "%s made no connection that its NetworkPolicies would cut",
      async (environment) => {
        const { allowed, cut } = await traffic.judged(environment);
        console.log(allowed.join("\n"));
        expect(cut).toEqual([]);
        for (const [from, to] of [
          ["platform/tracking", "data/postgresql TCP 5432"],
          ["platform/tracking", "data/objects TCP 8443"],
          ["bank-churn/serve", "platform/tracking TCP 5000"],
          ["bank-churn-ci/train", "platform/tracking TCP 5000"],
          ["release/release", "bank-churn/serve TCP 8080"],
        ])
          expect(allowed).toContain(`${environment}-${from} -> ${environment}-${to}`);
      },
    );

    // After what is above: here pods try what no policy allows.
    describe("has its NetworkPolicies enforced", () => enforcement(() => groundOf(dev)));

    describe("is as its page says", () => documented());
  });

  describe("ends", () =>
    applied(
      () => dev,
      () => groundOf(dev),
    ));
});
