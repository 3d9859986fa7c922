// One MLflow tracking server on a cluster, a PostgreSQL and an S3 store that exist already.
import { Provider } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Authority,
  apiServerEgress,
  ClusterIssuer,
  ClusterSecrets,
  existingDatabase,
  existingStore,
  IsolatedNamespace,
  podScope,
  podsOf,
  TrackingServer,
} from "ecluse/kubernetes";

const config = new pulumi.Config();
const environment = "ml";
const provider = new Provider("cluster", { context: config.require("context") });

const namespace = new IsolatedNamespace(
  "ml-platform",
  { labels: { "app.kubernetes.io/part-of": "ml" }, annotations: {}, quota: { cpu: 4, memory: 8, pods: 20 } },
  { provider },
);
const pods = podScope({ provider, dependsOn: [namespace] }, [config.require("gitlabRange")]);
const { options } = pods;
// By which the server speaks TLS; without an authority it would speak plain HTTP.
const scope = { ...pods, authority: new Authority("authority", { options }) };
const apiServer = apiServerEgress(config.require("apiServerRange"));

// Each by `pulumi config set --secret NAME`. Their Secrets are made after the namespace, and before the pods.
const passwords = {
  prepare: config.requireSecret("preparePassword"),
  tracking: config.requireSecret("trackingPassword"),
};
const keys = { accessKey: config.requireSecret("accessKey"), secretKey: config.requireSecret("secretKey") };

const tracking = new TrackingServer("tracking", {
  environment,
  scope,
  image: config.require("image"),
  database: existingDatabase(
    { host: "db.example.com", port: 5432, range: "192.0.2.10/32" },
    {
      options,
      values: ({ role }) => ({ password: role === "prepare" ? passwords.prepare : passwords.tracking }),
    },
  ),
  store: existingStore(
    {
      kind: "s3",
      endpoint: "https://s3.example.com",
      region: "eu-west-1",
      prefix: "ml",
      range: "192.0.2.20/32",
      port: 443,
    },
    { options, values: () => keys },
  ),
  secrets: new ClusterSecrets("secrets", { options }),
  issuer: new ClusterIssuer("issuer", {
    bindingName: "ml-issuer-discovery",
    readers: [podsOf(environment).tracking],
    issuer: config.require("clusterIssuer"),
    apiServer,
    options,
  }),
  identity: config.requireObject("identity"),
  workspaces: ["churn"],
  grants: [{ principal: "ci:ml/churn:ml:train", workspace: "churn", role: "train" }],
  clients: [podsOf(environment).train("churn")],
});

/** Address for the pods of the cluster. */
export const url = tracking.url;
