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
const common = { environment: "ml", image: "registry.example.com/image:1", cluster, store, identity: {} };

const trackingServer = (changes: object = {}) =>
  new TrackingServer("tracking", {
    ...common,
    database: { host: "db.example.com", port: 5432, range: "192.0.2.10/32" },
    workspaces: ["churn"],
    grants: [{ principal: "ci:ml/churn:ml:train", workspace: "churn", role: "train" }],
    ...changes,
  });

const modelServer = (useCase: string) =>
  new ModelServer(useCase, {
    ...common,
    useCase,
    trackingUrl: "http://tracking",
    signingPublicKey: "PEM",
    replicas: 1,
    domain: "ml.example.com",
    ingressClass: "nginx",
    ingressNamespace: "ingress-nginx",
  });

/** The objects of a cluster that a program makes, as kind, namespace and name. */
async function objects(program: () => void): Promise<string[]> {
  const made: string[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      const { namespace = "", name: own } = inputs.metadata ?? {};
      if (type.startsWith("kubernetes:")) made.push(`${type} ${namespace}/${own}`);
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
  program();
  await pulumi.runtime.disconnect();
  return made;
}

it("has every object of the cluster once, with several components of one environment", async () => {
  const made = await objects(() => {
    trackingServer();
    modelServer("churn");
    modelServer("fraud");
  });
  expect(made.filter((each, at) => made.indexOf(each) !== at)).toEqual([]);
  expect(
    made.filter((each) => each.includes("ClusterRoleBinding")).map((each) => each.split("/").at(-1)),
  ).toEqual([
    "ecluse-ml-tracking-issuer-discovery",
    "ecluse-ml-churn-serve-issuer-discovery",
    "ecluse-ml-fraud-serve-issuer-discovery",
  ]);
});

it.each([
  [{ store: { ...store, kind: "nfs" } }, 'store.kind is "nfs": set it to s3 or azure'],
  [
    { grants: [{ principal: "x", workspace: "churn", role: "admin" }] },
    'grants.role is "admin": set it to one of',
  ],
])("refuses what it does not know: %j", async (changes, message) => {
  await objects(() => expect(() => trackingServer(changes)).toThrow(message));
});
