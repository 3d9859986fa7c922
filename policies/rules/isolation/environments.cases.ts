import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { contextOfStack } from "../../context";

const object = (kind: string, metadata: Properties): Sketch => ({
  type: `kubernetes:${kind}`,
  inputs: { metadata },
});
const namespace = (name: string) => object("core/v1:Namespace", { name });

const named = (env: Properties): Sketch => ({
  type: "ecluse-local:index:Service",
  inputs: { command: ["python", "-m", "ecluse_serving"], env },
});
const tracked = (value: string): Sketch => {
  const containers = [{ name: "serve", env: [{ name: "MLFLOW_TRACKING_URI", value }] }];
  return { type: "kubernetes:apps/v1:Deployment", inputs: { spec: { template: { spec: { containers } } } } };
};
const identity = (more: Properties) =>
  JSON.stringify({ environment: "prod", tier: "production", audience: "ecluse-prod-tracking", ...more });
const uri = (environment: string) => `https://tracking.${environment}-platform.svc.cluster.local:5000`;

const ownTenant = contextOfStack("prod").environment?.azure?.tenantId ?? "";

/** What each rule on what environments see of each other passes, and what it refuses. */
export const environmentsCases: Cases = {
  "ENV-01": {
    pass: { name: "organization/ecluse/forge" },
    fail: [
      { name: "organization/ecluse/dev" },
      { name: "prod" },
      { name: "organization/ecluse/not-a-forge/dev" },
      {},
    ],
  },
  "ENV-05": {
    pass: [namespace("prod-platform"), object("core/v1:Service", { namespace: "prod-bank-churn" })],
    fail: [
      [namespace("dev-platform")],
      [namespace("production")],
      [object("core/v1:Service", { namespace: "dev-platform" })],
      [object("core/v1:Service", { namespace: "kube-system" })],
    ],
    open: [namespace(UNKNOWN)],
    notApplicable: [object("rbac.authorization.k8s.io/v1:ClusterRoleBinding", { name: "a" })],
  },
  "ENV-06": {
    pass: { environmentScope: "prod" },
    fail: [
      { environmentScope: "*" },
      { environmentScope: "prod*" },
      { environmentScope: "dev" },
      {},
      { type: "ecluse-local:index:CiVariable", inputs: { environment: "dev" } },
    ],
  },
  "ENV-07": {
    pass: named({
      ECLUSE_ENVIRONMENT: "prod",
      ECLUSE_IDENTITY: identity({}),
      MLFLOW_TRACKING_URI: uri("prod"),
    }),
    fail: [
      named({ ECLUSE_ENVIRONMENT: "dev" }),
      named({ ECLUSE_IDENTITY: identity({ environment: "dev" }) }),
      named({ ECLUSE_IDENTITY: identity({ tier: "development" }) }),
      named({ ECLUSE_IDENTITY: identity({ audience: "ecluse-dev-tracking" }) }),
      named({ ECLUSE_IDENTITY: "not JSON" }),
      tracked(uri("dev")),
      tracked("https://elsewhere.example.com"),
      { type: "ecluse-local:index:CiVariable", inputs: { key: "ECLUSE_ENVIRONMENT", value: "dev" } },
    ],
    open: named({ ECLUSE_ENVIRONMENT: UNKNOWN }),
  },
  "ENV-08": {
    pass: { type: "azure-native:keyvault:Vault", inputs: { properties: { tenantId: ownTenant } } },
    fail: [
      { type: "azure-native:keyvault:Vault", inputs: { properties: { tenantId: "another" } } },
      { type: "pulumi:providers:azure-native", inputs: { tenantId: ownTenant, subscriptionId: "another" } },
      {
        type: "azure-native:containerservice:ManagedCluster",
        inputs: { aadProfile: { tenantID: "another" } },
      },
    ],
  },
};
