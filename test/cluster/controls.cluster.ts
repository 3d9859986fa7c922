import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { KubernetesObject } from "../../cluster/client";
import { eventually } from "../../local/eventually";
import { type Cluster, startCluster } from "./cluster";
import { failedCreations, untilMade } from "./controllers";
import { weakened, weaknesses } from "./manifests";

const obstacle = inject("obstacle");
const namespace = "place";
const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };

/** A pod that level `restricted` accepts. */
const pod: KubernetesObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "server", namespace, labels: { app: "server" } },
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "server",
        image: "server",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
};

const deployment = ({ metadata, spec }: KubernetesObject, name: string): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "server" } },
    template: { metadata: { labels: metadata.labels }, spec },
  },
});

const database = (spec: object): KubernetesObject => ({
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "database", namespace },
  spec: { instances: 1, storage: { size: "1Gi" }, ...spec },
});

// The other file's tests would also pass before a server that refuses nothing, were it not for these.
describe(obstacle ? `a cluster for tests (skipped: ${obstacle})` : "a cluster for tests", {
  skip: obstacle !== undefined,
}, () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster(inject("programs"));
    const place = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: restricted } };
    await cluster.client.apply(place);
    await cluster.client.apply({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace },
    });
  });
  afterAll(() => cluster?.stop());

  it("makes the pods of a Deployment that is safe", async () => {
    const safe = deployment(pod, "safe");
    await cluster.client.apply(safe);
    await untilMade(cluster.client, [safe]);
    const pods = await cluster.client.list("v1", "Pod", namespace);
    expect(pods.map(({ metadata }) => metadata.labels)).toMatchObject([{ app: "server" }, { app: "server" }]);
  });

  it("says why it makes no pod that is less safe", async () => {
    const tries = weaknesses.map(async (weakness, index) => {
      const weak = deployment(weakened(pod, weakness), `weak-${index}`);
      await cluster.client.apply(weak);
      await eventually(`an event refuses weak-${index}`, async () => {
        const reasons = await failedCreations(cluster.client);
        const own = reasons.filter((reason) => reason.startsWith(`ReplicaSet weak-${index}-`));
        return own.some((reason) => weakness.complaint.test(reason));
      });
    });
    await Promise.all(tries);
    const pods = await cluster.client.list("v1", "Pod", namespace);
    expect(pods.filter(({ metadata }) => metadata.name.startsWith("weak-"))).toEqual([]);
  });

  it("refuses a field that an operator's definition does not have", async () => {
    await cluster.client.apply(database({}));
    await expect(cluster.client.apply(database({ instance: 2 }))).rejects.toThrow(/instance/);
    await expect(cluster.client.apply(database({ instances: "two" }))).rejects.toThrow(/instances/);
  });

  it("refuses to take a field that somebody else has set", async () => {
    await cluster.client.create(deployment(pod, "theirs"));
    const ours = deployment(pod, "theirs");
    ours.spec.replicas = 3;
    await expect(cluster.client.apply(ours)).rejects.toThrow(/conflict/);
  });
});
