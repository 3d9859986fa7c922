import type { Mutation } from "./mutation";
import { added, azure, broken, object, type Place, within } from "./place";

type Variables = Readonly<Record<string, string | undefined>>;

const inPod = "spec.template.spec.containers.0";
const inJob = `spec.jobTemplate.${inPod}`;

/** Ways to start a container with other variables, or without them. */
const started = (place: Place, rule: string, path: string, ...ways: Variables[]) =>
  ways.flatMap((variables) => {
    const env = Object.entries(variables).map(([name, value]) => [name, value && { name, value }] as const);
    return broken(place, rule, within(`${path}.env`, Object.fromEntries(env)));
  });

const server = object("apps/v1:Deployment", "tracking");
const onPremises = { ...server, stack: "onprem-prod" };
const proxy = object("apps/v1:Deployment", "proxy");
const tracking = (rule: string, ...ways: Variables[]) => started(server, rule, inPod, ...ways);
const command = (...words: string[]) => ({ [`${inPod}.command`]: words });
const mlflow = (...options: string[]) => command("mlflow", "server", ...options);
const variable = (name: string, value: string) => ({ [`${inPod}.env.${name}`]: { name, value } });
const byHand = object("apps/v1:Deployment", "mlflow", "dev");
const policy = object("networking.k8s.io/v1:NetworkPolicy", "tracking-policy");
const issuer = "--oidc-issuer-url=https://gitlab.example.com";

const trackingMutations: (Mutation | Mutation[])[] = [
  tracking("ML-01", { ECLUSE_IDENTITY: undefined }),
  broken(server, "ML-01", mlflow("--host", "0.0.0.0")),
  broken(object("core/v1:Service", "tracking-service", "dev"), "ML-01", { "spec.type": "LoadBalancer" }),
  added(byHand, "ML-01", { "spec.template.spec.containers": [{ command: ["mlflow", "ui"] }] }),
  tracking("ML-02", { ECLUSE_ALLOWED_HOSTS: "*" }),
  tracking("ML-02", { MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE: "true" }),
  broken(server, "ML-02", { ...mlflow(), ...variable("MLFLOW_SERVER_ALLOWED_HOSTS", "*") }),
  broken(server, "ML-02", mlflow("--disable-security-middleware"), mlflow("--gunicorn-opts", "--workers 8")),
  broken(server, "ML-03", mlflow("--app-name", "basic-auth")),
  tracking("ML-04", { ECLUSE_SESSION_KEY: "from a keyboard" }, { ECLUSE_SESSION_KEY: undefined }),
  started(onPremises, "ML-04", inPod, { PGPASSWORD: "from a keyboard" }),
  broken(proxy, "ML-04", { [`${inPod}.args`]: [issuer] }, { [`${inPod}.args.22`]: "--cookie-secure=false" }),
  broken(proxy, "ML-04", { [`${inPod}.args.22`]: "--ssl-insecure-skip-verify" }),
  started(proxy, "ML-04", inPod, { OAUTH2_PROXY_SSL_INSECURE_SKIP_VERIFY: "true" }),
  broken(server, "ML-05", { ...mlflow(), [`${inPod}.image`]: "ghcr.io/mlflow/mlflow:v2.22.0" }),
  broken(server, "ML-05", { ...mlflow(), [`${inPod}.image`]: "ghcr.io/mlflow/mlflow:latest" }),
  tracking("ML-06", { ECLUSE_TRACKING_DATABASE: "sqlite:////tmp/mlflow.db" }),
  tracking("ML-06", { ECLUSE_AUTH_DATABASE: "sqlite:////tmp/auth.db" }),
  tracking("ML-06", { ECLUSE_TRACKING_DATABASE: "postgresql://tracking:typed@db.example.com/tracking" }),
  tracking("ML-06", { ECLUSE_DATABASE_LOGIN: undefined }, { MLFLOW_ALLOW_FILE_STORE: "true" }),
  tracking("ML-07", { ECLUSE_ARTIFACTS: "/mnt/artifacts" }, { ECLUSE_ARTIFACTS: undefined }),
  tracking("ML-07", { MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES: "http,https" }),
  tracking("ML-07", { MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS: "true" }),
  broken(server, "ML-07", mlflow("--no-serve-artifacts")),
  broken(policy, "ML-08", { "spec.ingress.0.from.1.podSelector": undefined }, { "spec.ingress.0.ports": [] }),
  broken(policy, "ML-08", { "spec.ingress.0.from.1.podSelector": {} }),
  broken(policy, "ML-08", { "spec.ingress.0.from.0": { ipBlock: { cidr: "10.0.0.0/8" } } }),
  broken(policy, "ML-08", { "spec.egress.0.ports.0.port": 22 }, { "spec.egress.0.ports": undefined }),
  broken(azure("storage:BlobServiceProperties"), "ML-09", { isVersioningEnabled: false }),
  { ...azure("storage:BlobContainerImmutabilityPolicy"), rule: "ML-09", drop: true },
  broken(server, "ML-21", mlflow(), {
    ...mlflow(),
    ...variable("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "true"),
  }),
];

const serve = object("apps/v1:Deployment", "bank-churn-serve");
const serving = (rule: string, ...ways: Variables[]) => started(serve, rule, inPod, ...ways);
const prepare = object("batch/v1:Job", "tracking-prepare");
const monitor = object("batch/v1:CronJob", "bank-churn-monitor");
const compact = object("batch/v1:CronJob", "bank-churn-compact");
const annotation = (name: string) => `metadata.annotations.[ecluse.local/${name}]`;
const lifecycle = azure("storage:ManagementPolicy");
const deletion = "policy.rules.2.definition.actions.baseBlob.delete.daysAfterModificationGreaterThan";
const ingress = object("networking.k8s.io/v1:Ingress", "bank-churn-serve-ingress");
const nginx = (name: string) => `metadata.annotations.[nginx.ingress.kubernetes.io/${name}]`;
const granted = (principal: string, role: string) => ({
  ECLUSE_GRANTS: JSON.stringify({
    workspaces: ["bank-churn"],
    grants: [{ principal, workspace: "bank-churn", role }],
  }),
});
const second = {
  "metadata.labels.[app.kubernetes.io/name]": "serve",
  [inPod.replace(/\.0$/, "")]: [
    { command: ["python", "-m", "ecluse_serving"], env: [{ name: "ECLUSE_USE_CASE", value: "card-fraud" }] },
  ],
};

const servingMutations: (Mutation | Mutation[])[] = [
  serving("ML-10", { ECLUSE_SIGNING_PUBLIC_KEY: undefined }, { MLFLOW_WORKSPACE: undefined }),
  serving("ML-10", { ECLUSE_SIGNING_KEY: "a private key" }),
  started(prepare, "ML-10", inPod, granted("ci:ecluse/bank-churn:prod:train", "release")),
  started(prepare, "ML-10", inPod, granted("ci:ecluse/bank-churn:dev:train", "train"), { ECLUSE_GRANTS: "" }),
  serving("ML-11", { ECLUSE_SIGNING_PUBLIC_KEY: undefined }, { MLFLOW_ALLOW_PICKLE_DESERIALIZATION: "true" }),
  broken(serve, "ML-11", command("mlflow", "models", "serve", "--model-uri", "models:/bank-churn@champion")),
  broken(monitor, "ML-12", { "spec.suspend": true }, { "spec.schedule": "15 2 * * 1" }),
  broken(monitor, "ML-12", within("spec.jobTemplate", command("true"))),
  { ...monitor, rule: "ML-12", drop: true },
  added(object("apps/v1:Deployment", "card-fraud-serve"), "ML-12", second),
  started(monitor, "ML-13", inJob, { ECLUSE_FORGE_URL: undefined }, { ECLUSE_FORGE_URL: "" }),
  serving("ML-14", { ECLUSE_INFERENCE_URL: undefined }),
  broken(lifecycle, "ML-14", { [deletion]: 30 }),
  started(compact, "ML-14", inJob, { ECLUSE_LOG_DAYS: "30" }, { ECLUSE_LOG_DAYS: undefined }),
  broken(lifecycle, "ML-14", {
    "policy.rules.1.definition.actions.baseBlob.delete": { daysAfterCreationGreaterThan: 30 },
  }),
  serving("ML-15", { ECLUSE_SERVING_CALLERS: '["*"]' }, { ECLUSE_IDENTITY: undefined }),
  serving("ML-15", { ECLUSE_SERVING_BACKDATERS: '["person:*"]' }),
  broken(ingress, "ML-15", { [nginx("limit-rps")]: undefined }, { [nginx("proxy-body-size")]: "0" }),
  broken(serve, "ML-16", { "spec.strategy": undefined }, { "spec.strategy.rollingUpdate.maxUnavailable": 1 }),
  broken(serve, "ML-16", { "spec.strategy": { type: "Recreate" } }, { "spec.revisionHistoryLimit": 0 }),
];

const train = object("batch/v1:CronJob", "bank-churn-train");
const role = azure("authorization:RoleAssignment", "bank-churn-train-data-role");
const contributor = "/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const inProduction = { MLFLOW_TRACKING_URI: "http://tracking.prod-platform.svc.cluster.local:5000" };
const notebook = object("apps/v1:StatefulSet", "notebook", "dev");
const lab = { image: "quay.io/jupyter/scipy-notebook:2026-01-05", command: ["jupyter", "lab"] };
const culled = [...lab.command, "--MappingKernelManager.cull_idle_timeout=3600"];
const mayBe = "spec.template.metadata.labels.[azure.workload.identity/use]";

const useCaseMutations: (Mutation | Mutation[])[] = [
  started({ ...train, stack: "dev" }, "ML-17", inJob, inProduction, { MLFLOW_TRACKING_URI: undefined }),
  started(train, "ML-17", inJob, { ECLUSE_HOLDOUT_URL: "https://blobs.example.com/holdout" }),
  broken(role, "ML-17", { roleDefinitionId: contributor }),
  broken({ ...role, stack: "dev" }, "ML-17", { roleDefinitionId: contributor }),
  started(train, "ML-18", inJob, { ECLUSE_DATA_URL: undefined }),
  broken(object("core/v1:Namespace", "bank-churn-ci"), "ML-18", {
    "metadata.labels.[ecluse.local/data-classification]": undefined,
  }),
  broken(
    object("core/v1:Namespace", "bank-churn"),
    "ML-19",
    { [annotation("owner")]: undefined },
    { [annotation("purpose")]: "" },
    { [annotation("materiality")]: undefined },
    { [annotation("review-by")]: "2025-06-30" },
  ),
  added(notebook, "ML-20", { "spec.template.spec.containers": [lab] }),
  added(notebook, "ML-20", {
    [mayBe]: "true",
    "spec.template.spec.containers": [{ ...lab, command: culled }],
  }),
  broken(serve, "ML-20", { [`${inPod}.command`]: culled }),
];

/** The tracking server, the models and their jobs, broken as people break them. */
export const modelMutations: readonly Mutation[] = [
  trackingMutations,
  servingMutations,
  useCaseMutations,
].flat(2);
