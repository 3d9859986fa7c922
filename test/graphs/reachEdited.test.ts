import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { projectRoot } from "../../local/home";
import { type Cluster, clusterOf } from "../reach/cluster";
import { unknownPeers, unmet, unneeded } from "../reach/findings";
import { openedLines } from "../reach/needs";
import { place, placesOf } from "../reach/outside";
import { type Checkout, copyCheckout } from "./checkout";
import { preview } from "./plan";

let checkout: Checkout;
beforeAll(() => {
  checkout = copyCheckout();
});
afterAll(() => checkout.remove());

/** The cluster of a stack with some settings of its file replaced. */
async function edited(stack: string, settings: Readonly<Record<string, unknown>>): Promise<Cluster> {
  const document = parseDocument(readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8"));
  for (const [path, value] of Object.entries(settings))
    document.setIn(["config", ...path.split("/")], document.createNode(value));
  checkout.write(`Pulumi.${stack}.yaml`, document.toString());
  return clusterOf((await preview(stack, { projectDir: checkout.projectDir })).resources);
}

const useCase = (name: string) => ({
  name,
  contract: { target: "exited", id: "customer_id" },
  accountability: {
    ...{ owner: "owner@example.com", team: "a team", purpose: "A purpose" },
    ...{ riskClass: "limited", materiality: "medium", reviewBy: "2030-01-31" },
  },
});
const twoUseCases = {
  "ecluse:useCases": ["bank-churn", "heating-cost"].map(useCase),
  "ecluse:forge/projectIds": { "ecluse/platform": "1", "ecluse/bank-churn": "2", "ecluse/heating-cost": "3" },
};

const bucketStore = place("the team's S3", "192.0.2.50/32", "s3.example.com");
const s3 = {
  ...{ kind: "s3", endpoint: "https://s3.example.com" },
  ...{ prefix: "ecluse-dev", range: bucketStore.range },
};

describe.each([
  { stack: "onprem-dev", store: s3, places: [...placesOf("onprem-dev"), bucketStore] },
  { stack: "onprem-prod", store: { kind: "deployed", storageGb: 50 }, places: placesOf("onprem-prod") },
])("$stack with two use cases and a store of kind $store.kind", ({ stack, store, places }) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await edited(stack, { ...twoUseCases, "ecluse:kubernetes/objectStore": store });
  }, 240_000);

  it("opens what is needed, and nothing else", () => {
    expect(unmet(cluster, places)).toEqual([]);
    expect(unneeded(cluster, places)).toEqual([]);
    expect(unknownPeers(cluster, places)).toEqual([]);
  });

  it("opens nothing of one use case to the other", () => {
    const podsOf = (name: string) =>
      cluster.pods.filter(
        ({ namespace }) => cluster.namespaces[namespace]?.["ecluse.local/use-case"] === name,
      );
    const [one, other] = [podsOf("bank-churn"), podsOf("heating-cost")];
    expect(one).toHaveLength(7);
    expect(other).toHaveLength(7);
    expect(openedLines(cluster, one, other)).toEqual([]);
    expect(openedLines(cluster, other, one)).toEqual([]);
  });
});
