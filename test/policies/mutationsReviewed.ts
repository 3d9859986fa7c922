import type { Mutation } from "./mutation";
import { added, azure, broken, object, type Place } from "./place";

const made = (type: string, name: string, stack = "onprem-prod"): Place => ({ stack, type, name });
const parameter = (name: string) => azure("dbforpostgresql:Configuration", `database-${name}`);
const inCluster = (kind: string, name?: string) =>
  object(`postgresql.cnpg.io/v1:${kind}`, name, "onprem-prod");

const guards = azure("network:NetworkSecurityGroup", "network-database-rules");
const store = azure("keyvault:Key", "vault-store");
const attributes = "properties.attributes";

const onAzure: Mutation[][] = [
  broken(guards, "NET-12", { "securityRules.deny-all": undefined }, { securityRules: [] }),
  broken(guards, "NET-12", { "securityRules.deny-all.access": "Allow" }),
  broken({ ...guards, stack: "dev" }, "NET-12", {
    "securityRules.deny-all.sourceAddressPrefix": "10.0.0.0/8",
  }),
  broken(
    parameter("azure.extensions"),
    "PG-15",
    { value: "PGAUDIT,DBLINK" },
    { value: "PGAUDIT,PLPYTHON3U" },
  ),
  broken(parameter("shared_preload_libraries"), "PG-15", { value: "pgaudit,pg_cron" }),
  broken(parameter("connection_throttle.enable"), "PG-16", { value: "off" }),
  broken(azure("operationalinsights:Workspace"), "LOG-07", { "workspaceCapping.dailyQuotaGb": 1 }),
  broken(azure("operationalinsights:Workspace", undefined, "dev"), "LOG-07", {
    "workspaceCapping.dailyQuotaGb": 0.02,
  }),
  broken(azure("monitor:MetricAlert", "database-database-cpu"), "LOG-08", {
    "criteria.allOf.0.threshold": 1000,
  }),
  broken(azure("monitor:MetricAlert", "vault-vault-availability"), "LOG-08", {
    "criteria.allOf.0.threshold": 1,
  }),
  broken(azure("monitor:MetricAlert", "store-store-availability"), "LOG-08", { windowSize: "P1D" }),
  [{ ...azure("authorization:ManagementLockByScope", "database-lock"), rule: "GOV-09", drop: true }],
  broken(azure("authorization:ManagementLockByScope", "store-lock"), "GOV-09", { level: "NotSpecified" }),
  [{ stack: "prod", type: "ecluse:index:UseCase", rule: "GOV-10", options: { protect: false } }],
  [{ stack: "onprem-prod", type: "ecluse:index:UseCase", rule: "GOV-10", options: { protect: false } }],
  broken(store, "KV-10", { [`${attributes}.exportable`]: true }, { "properties.keySize": 2048 }),
  broken(store, "KV-10", { "properties.keyOps": ["wrapKey", "unwrapKey", "sign"] }),
  broken(store, "KV-10", {
    "properties.rotationPolicy.lifetimeActions.0.trigger.timeAfterCreate": "P10Y",
  }),
];

const key = "tls:index/privateKey:PrivateKey";
const signed = made("tls:index/locallySignedCert:LocallySignedCert", "authority-tracking");
const bytes = "random:index/randomBytes:RandomBytes";
const database = inCluster("Cluster", "database");
const template = "spec.template.spec";
const tracked = `${template}.volumes.token-tracking.projected.sources.0.serviceAccountToken`;
const serving = object("apps/v1:Deployment", "bank-churn-serve");
const monitor = object("batch/v1:CronJob", "bank-churn-monitor");
const toMonitor = `spec.jobTemplate.${tracked}`;
const scored = object("networking.k8s.io/v1:Ingress", "bank-churn-serve-ingress");
const login = object("networking.k8s.io/v1:Ingress", "proxy-ingress", "onprem-prod");
const path = "spec.rules.0.http.paths.0";
const policy = (stack: string) => object("networking.k8s.io/v1:NetworkPolicy", "added", stack);
const toDatabase = [{ port: 5432, protocol: "TCP" }];

const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

const onCluster: Mutation[][] = [
  broken(database, "CNPG-13", { "spec.postgresql.shared_preload_libraries": ["pg_cron"] }),
  broken(database, "CNPG-13", { "spec.bootstrap.initdb.postInitSQL": ["create extension dblink"] }),
  broken(inCluster("Database"), "CNPG-13", { "spec.extensions": [{ name: "dblink", ensure: "present" }] }),
  broken(inCluster("Database"), "CNPG-14", { "spec.databaseReclaimPolicy": "delete" }),
  broken(
    made(key, "signing-key", "prod"),
    "SEC-07",
    { algorithm: "RSA", rsaBits: 1024 },
    { ecdsaCurve: "P224" },
  ),
  broken(made(bytes, "tracking-session-key", "prod"), "SEC-07", { length: 4 }),
  broken(made(bytes, "database-password-tracking"), "SEC-07", { length: 8 }),
  broken(made("random:index/randomPassword:RandomPassword", "webhooks-operations", "forge"), "SEC-07", {
    length: 6,
  }),
  broken(signed, "SEC-08", { isCaCertificate: true }, { allowedUses: ["cert_signing"] }),
  broken(signed, "SEC-08", { validityPeriodHours: 500_000 }),
  broken(made("tls:index/certRequest:CertRequest", "authority-tracking"), "SEC-08", { dnsNames: ["*"] }),
  broken(serving, "K8S-30", { [`${tracked}.expirationSeconds`]: 31_536_000 }),
  broken(
    serving,
    "K8S-30",
    { [`${tracked}.audience`]: "ecluse-dev-tracking" },
    { [`${tracked}.audience`]: undefined },
  ),
  broken(monitor, "K8S-30", { [`${toMonitor}.audience`]: undefined }),
  broken(monitor, "K8S-30", { [`${toMonitor}.expirationSeconds`]: 604_800 }),
  broken(login, "K8S-31", { [`${path}.backend.service.name`]: "tracking" }),
  broken(scored, "K8S-31", { [`${path}.path`]: "/", [`${path}.pathType`]: "Prefix" }),
  broken(scored, "K8S-31", { [`${path}.pathType`]: "Prefix" }, { [`${path}.path`]: "/metrics" }),
  [
    added(policy("prod"), "K8S-32", {
      metadata: { name: "added", namespace: "prod-bank-churn-ci" },
      spec: { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: "10.21.8.0/22" } }], ports: toDatabase }] },
    }),
    added(policy("onprem-prod"), "K8S-32", {
      metadata: { name: "added", namespace: "prod-data" },
      spec: {
        podSelector: { matchLabels: { "cnpg.io/cluster": "database" } },
        ingress: [{ from: [inNamespace("prod-bank-churn-ci")], ports: toDatabase }],
      },
    }),
  ],
];

const variable = (container: string, name: string, value: string) => ({
  [`${template}.containers.${container}.env.${name}`]: { name, value },
});
const tracking = object("apps/v1:Deployment", "tracking", "onprem-prod");
const identity = (more: object) =>
  JSON.stringify({ environment: "prod", tier: "production", audience: "ecluse-prod-tracking", ...more });
const admin = { principal: "workload:bank-churn:prod:serve", workspace: "bank-churn", role: "admin" };

const ofModels: Mutation[][] = [
  broken(object("batch/v1:Job", "tracking-prepare", "onprem-prod"), "ML-10", {
    ...variable("prepare", "ECLUSE_GRANTS", JSON.stringify({ workspaces: ["bank-churn"], grants: [admin] })),
  }),
  broken(tracking, "ENV-07", variable("tracking", "ECLUSE_ENVIRONMENT", "dev")),
  broken(tracking, "ENV-07", variable("tracking", "ECLUSE_IDENTITY", identity({ environment: "dev" }))),
  broken(tracking, "ENV-07", variable("tracking", "ECLUSE_IDENTITY", identity({ tier: "development" }))),
  broken(object("apps/v1:Deployment", "bank-churn-serve", "onprem-prod"), "ENV-07", {
    ...variable("serve", "MLFLOW_TRACKING_URI", "https://tracking.dev-platform.svc.cluster.local:5000"),
  }),
  broken(
    made("gitlab:index/projectVariable:ProjectVariable", "bank-churn-project-ecluse-environment"),
    "ENV-07",
    {
      value: "dev",
    },
  ),
  broken(made("ecluse-local:index:Service", "tracking", "local-prod"), "ENV-07", {
    "env.ECLUSE_ENVIRONMENT": "dev",
  }),
  broken(object("batch/v1:CronJob", "bank-churn-train"), "ML-22", { "spec.suspend": false }),
  [
    added({ stack: "forge", type: "gitlab:index/pipelineSchedule:PipelineSchedule" }, "GL-26", {
      cron: "0 1 * * *",
      project: "2",
      ref: "refs/heads/main",
    }),
  ],
  broken(
    made(
      "gitlab:index/pipelineScheduleVariable:PipelineScheduleVariable",
      "bank-churn-project-monitor-ecluse-task",
    ),
    "GL-26",
    {
      value: "train",
    },
  ),
  broken(
    made("gitlab:index/projectVariable:ProjectVariable", "bank-churn-project-ecluse-environment", "prod"),
    "GL-27",
    {
      protected: false,
    },
  ),
];

const runner = object("core/v1:ConfigMap", "release-runner-config");
const line = (key: string, value: string) => ({
  "data.[tail.toml]": `namespace = "prod-release"\n${key} = ${value}`,
});
const proxy = object("apps/v1:Deployment", "proxy");
const options = `${template}.containers.proxy.args`;
const project = { ...made("gitlab:index/project:Project", "platform", "forge") };
const abroad = "spec.egress.0.to";

const ofDoors: Mutation[][] = [
  broken(runner, "K8S-33", line("privileged", "true"), { "data.[head.toml]": 'executor = "shell"' }),
  broken(
    proxy,
    "K8S-34",
    { [`${options}.15`]: "--cookie-secure=false" },
    { [`${options}.18`]: "--cookie-expire=720h" },
  ),
  broken(proxy, "K8S-34", {
    [`${options}.9`]: "--upstream=http://tracking.dev-platform.svc.cluster.local:5000",
  }),
  broken(proxy, "K8S-34", { [`${options}.22`]: "--skip-auth-route=^/api" }),
  broken(azure("keyvault:Vault", "vault"), "ENV-08", { "properties.tenantId": "another" }),
  broken(azure("dbforpostgresql:Server"), "ENV-08", { "authConfig.tenantId": "another" }),
  broken(project, "GL-28", { requestAccessEnabled: true }, { allowPipelineTriggerApproveDeployment: true }),
  broken(inCluster("Cluster", "database"), "CNPG-03", { "spec.managed.roles.0.createdb": true }),
  broken({ ...object("networking.k8s.io/v1:NetworkPolicy", "tracking-policy"), with: "dev" }, "ISO-08", {
    [abroad]: [{ ipBlock: { cidr: "10.20.8.0/22" } }],
  }),
  broken(
    { ...object("networking.k8s.io/v1:NetworkPolicy", "build-policy", "onprem-dev"), with: "prod" },
    "ISO-08",
    { [abroad]: [{ ipBlock: { cidr: "10.21.0.0/16" } }] },
  ),
];

/** What a reviewer misses: each is a small edit of something that is there. */
export const reviewedMutations: readonly Mutation[] = [
  ...onAzure,
  ...onCluster,
  ...ofModels,
  ...ofDoors,
].flat();
