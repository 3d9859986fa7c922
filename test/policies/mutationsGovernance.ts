import { secret } from "../../protocol/properties";
import type { Mutation } from "./mutation";
import { azure, broken, object } from "./place";

const inDays = (days: number) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString();

const store = azure("storage:StorageAccount");
const budget = azure("consumption:Budget");
const serving = object("core/v1:Namespace", "bank-churn");
const says = (key: string, value?: string) => ({ [`metadata.annotations.[ecluse.local/${key}]`]: value });
const unprotected = { rule: "GOV-05", options: { protect: false } } as const;
const blind = (...ignoreChanges: string[]) => ({ rule: "GOV-06", options: { ignoreChanges } });
const exemption = { ...azure("authorization:PolicyExemption"), rule: "GOV-08", add: true } as const;
const excused = {
  expiresOn: inDays(90),
  exemptionCategory: "Waiver",
  description: "until the new registry",
  "metadata.owner": "ml-platform",
  "metadata.ticket": "ML-1",
};
const unheard = {
  "notifications.Forecasted100.contactEmails": [],
  "notifications.Forecasted100.contactGroups": [],
};

const governanceRows: (Mutation | Mutation[])[] = [
  broken(
    store,
    "GOV-01",
    { tags: undefined },
    { "tags.owner": undefined },
    { "tags.data-classification": "" },
  ),
  { ...azure("search:Service"), rule: "GOV-01", add: true, set: { location: "francecentral" } },
  broken(store, "GOV-02", { "tags.environment": "dev" }, { "tags.environment": undefined }),
  broken(store, "GOV-03", { location: "eastus" }, { location: "UK South" }),
  broken(azure("resources:ResourceGroup"), "GOV-03", { location: "westus3" }),
  { ...budget, rule: "GOV-04", drop: true },
  broken(budget, "GOV-04", { "notifications.Forecasted100": undefined }, unheard),
  broken(budget, "GOV-04", { "timePeriod.endDate": "2024-12-01T00:00:00Z" }),
  { ...store, ...unprotected },
  { ...azure("operationalinsights:Workspace"), ...unprotected },
  { ...object("postgresql.cnpg.io/v1:Cluster"), stack: "onprem-prod", ...unprotected },
  { ...store, ...blind("networkRuleSet") },
  { ...azure("keyvault:Vault", "vault"), ...blind("properties") },
  { ...object("apps/v1:Deployment", "tracking"), ...blind("spec.template.spec.containers[0].image") },
  broken(
    serving,
    "GOV-07",
    says("owner"),
    says("risk-class", "none"),
    says("materiality"),
    says("review-by", "2025-06-30"),
  ),
  broken({ ...serving, stack: "onprem-prod" }, "GOV-07", says("purpose", "")),
  { ...exemption, set: { ...excused, expiresOn: inDays(365) } },
  { ...exemption, set: { ...excused, "metadata.ticket": undefined } },
];

const token = `gl${"pat"}-${"x1".repeat(10)}`;
const pem = `-----BEGIN PRIVATE ${"KEY"}-----\n${"a1".repeat(20)}`;
const config = { ...object("core/v1:ConfigMap", "settings"), rule: "SEC-01", add: true } as const;
const cluster = { stack: "onprem-prod", type: "pulumi:providers:kubernetes" };
const kept = azure("keyvault:Secret", "tracking-session-key-ecluse-session-key");
const ofCluster = { ...object("core/v1:Secret", "platform-session-key"), stack: "onprem-prod" };
const ofStack = { stack: "prod", type: "pulumi:pulumi:Stack", rule: "SEC-05" };
const tracking = object("apps/v1:Deployment", "tracking");
const container = "spec.template.spec.containers.0";

const secretRows: (Mutation | Mutation[])[] = [
  { ...config, set: { "data.config": `token = "${token}"` } },
  { ...config, set: { "data.url": "postgresql://mlflow:h7Kq29fLw0Zt@database:5432/tracking" } },
  broken(store, "SEC-01", { "tags.password": "h7Kq29fLw0Zt" }),
  broken(cluster, "SEC-01", { kubeconfig: `users: [{user: {client-key-data: ${btoa(pem)}}}]` }),
  broken(cluster, "SEC-01", { kubeconfig: "users: [{user: {token: h7Kq29fLw0Zt}}]" }),
  { ...config, set: { "data.settings": "[database]\npassword = h7Kq29fLw0Zt" } },
  broken(kept, "SEC-02", { properties: { value: "h7Kq29fLw0Zt" } }),
  broken(ofCluster, "SEC-02", { stringData: { ECLUSE_SESSION_KEY: "h7Kq29fLw0Zt" } }),
  broken({ stack: "prod", type: "pulumi:providers:azure-native" }, "SEC-02", {
    clientSecret: "h7Kq29fLw0Zt",
  }),
  { ...object("core/v1:Secret", "s3"), rule: "SEC-03", add: true, set: { stringData: secret({ a: "b" }) } },
  broken(ofCluster, "SEC-03", { stringData: secret({ ECLUSE_SESSION_KEY: "from a keyboard" }) }),
  broken(tracking, "SEC-04", { [`${container}.env.DB_PASSWORD`]: { name: "DB_PASSWORD", value: "mlflow" } }),
  broken(tracking, "SEC-04", { [`${container}.envFrom`]: [{ secretRef: { name: "all" } }] }),
  broken({ ...tracking, stack: "onprem-prod" }, "SEC-04", {
    [`${container}.env.API_TOKEN`]: {
      name: "API_TOKEN",
      valueFrom: { secretKeyRef: { name: "api", key: "token" } },
    },
  }),
  { ...ofStack, options: { outputs: { signingKey: pem } } },
  {
    ...ofStack,
    options: { outputs: { data: `https://a.blob.core.windows.net/c?sv=1&sig=${"a1".repeat(20)}` } },
  },
];

const inDev = { ...tracking, stack: "dev" };
const database = { ...object("postgresql.cnpg.io/v1:Cluster"), stack: "onprem-prod" };
const urnOfDefault = "urn:pulumi:prod::ecluse::pulumi:providers:azure-native::default_3_23_0";

const supplyRows: (Mutation | Mutation[])[] = [
  broken(tracking, "SC-01", { [`${container}.image`]: "crecluseproda1.azurecr.io/nginx:1.29" }),
  broken(inDev, "SC-01", { [`${container}.image`]: "creclusedeva1.azurecr.io/mlflow:latest" }),
  broken(inDev, "SC-01", { [`${container}.image`]: "creclusedeva1.azurecr.io/mlflow" }),
  broken(tracking, "SC-02", { [`${container}.image`]: `docker.io/bitnami/mlflow@sha256:${"a".repeat(64)}` }),
  broken(database, "SC-02", { "spec.imageName": "ghcr.io/cloudnative-pg/postgresql:17.11" }),
  broken(tracking, "SC-02", {
    "spec.template.spec.initContainers": [{ name: "wait", image: "busybox:1.37" }],
  }),
  broken(inDev, "SC-03", {
    [`${container}.image`]: "creclusedeva1.azurecr.io/mlflow:1",
    [`${container}.imagePullPolicy`]: "IfNotPresent",
  }),
  broken(tracking, "SC-03", { "spec.template.spec.imagePullSecrets": [{ name: "registry" }] }),
  { ...store, rule: "SC-05", options: { provider: `${urnOfDefault}::id` } },
];

/** Owners, secrets and images, broken as people break them. */
export const governanceMutations: readonly Mutation[] = [
  ...governanceRows,
  ...secretRows,
  ...supplyRows,
].flat();
