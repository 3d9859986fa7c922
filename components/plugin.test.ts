import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { ModelServer, TrackingServer } from "./plugin";

const cluster = { issuer: "https://cluster.example.com", apiServerRange: "10.96.0.1/32" };
const store = {
  kind: "s3",
  endpoint: "https://s3.example.com",
  region: "eu-west-1",
  prefix: "ml",
  range: "192.0.2.20/32",
  port: 443,
};
const common = {
  ...{ environment: "ml", image: "registry.example.com/image:1", cluster, store, identity: {} },
  ...{ accessKey: "id", secretKey: "key" },
};

const trackingServer = (changes: object = {}) =>
  new TrackingServer("tracking", {
    ...common,
    preparePassword: "prepare's",
    trackingPassword: "tracking's",
    database: { host: "db.example.com", port: 5432, range: "192.0.2.10/32" },
    workspaces: ["churn"],
    grants: [{ principal: "ci:ml/churn:ml:train", workspace: "churn", role: "train" }],
    ...changes,
  });

const modelServer = (useCase: string, replicas = 1) =>
  new ModelServer(useCase, {
    ...common,
    useCase,
    trackingUrl: "http://tracking",
    signingPublicKey: "PEM",
    replicas,
    domain: "ml.example.com",
    ingressClass: "nginx",
    ingressNamespace: "ingress-nginx",
  });

// biome-ignore lint/suspicious/noExplicitAny: an object of the API, whose fields tests name
type KubernetesObject = any;

/** The objects of a cluster that a program makes, by kind, namespace and name. */
async function made(program: () => void): Promise<(readonly [string, KubernetesObject])[]> {
  const objects: (readonly [string, KubernetesObject])[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      const { namespace = "", name: own } = inputs.metadata ?? {};
      if (type.startsWith("kubernetes:")) objects.push([`${type} ${namespace}/${own}`, inputs]);
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
  program();
  await pulumi.runtime.disconnect();
  return objects;
}

const objects = async (program: () => void) => (await made(program)).map(([name]) => name);

it("has every object of the cluster once, with several components of one environment", async () => {
  const names = await objects(() => {
    trackingServer();
    modelServer("churn");
    modelServer("fraud");
  });
  expect(names.filter((each, at) => names.indexOf(each) !== at)).toEqual([]);
  expect(
    names.filter((each) => each.includes("ClusterRoleBinding")).map((each) => each.split("/").at(-1)),
  ).toEqual([
    "ecluse-ml-tracking-issuer-discovery",
    "ecluse-ml-churn-serve-issuer-discovery",
    "ecluse-ml-fraud-serve-issuer-discovery",
  ]);
});

it("makes the Secrets that its pods refer to, from its arguments and in their namespace", async () => {
  const program = () => void trackingServer();
  const secrets = (await made(program)).filter(([name]) => name.includes(":Secret "));
  // In the place of a secret, mocks see its mark and its value.
  const values = secrets.map(([name, { stringData }]) => [name.split("/").at(-1), stringData.value]);
  expect(secrets.every(([name]) => name.includes(" ml-platform/"))).toBe(true);
  expect(Object.fromEntries(values)).toEqual({
    "database-prepare": { password: "prepare's" },
    "database-tracking": { password: "tracking's" },
    "objects-tracking": { accessKey: "id", secretKey: "key" },
    "session-key": {},
  });
});

it("gives a model server a quota for the replicas that it asks for", async () => {
  const quotas = (await made(() => void modelServer("churn", 40))).filter(([name]) => name.includes("Quota"));
  expect(quotas.map(([, { spec }]) => spec.hard["limits.memory"])).toEqual(["47Gi"]);
});

it.each([
  [{ accessKey: undefined }, "accessKey is not set: a store of kind s3 is opened by it"],
  [
    { store: { ...store, kind: "azure" } },
    "connectionString is not set: a store of kind azure is opened by it",
  ],
  [{ store: { ...store, kind: "nfs" } }, 'store.kind is "nfs": set it to s3 or azure'],
  [
    { grants: [{ principal: "x", workspace: "churn", role: "admin" }] },
    'grants.role is "admin": set it to one of',
  ],
])("refuses what it does not know: %j", async (changes, message) => {
  await objects(() => expect(() => trackingServer(changes)).toThrow(message));
});
