import type { Mutation } from "./mutation";
import { added, broken, object, within } from "./place";

type Ways = NonNullable<Mutation["set"]>[];

const server = object("apps/v1:Deployment", "bank-churn-serve");
const monitor = object("batch/v1:CronJob", "bank-churn-monitor");
const prepare = object("batch/v1:Job", "tracking-prepare");
const inDev = { stack: "dev" };
const onPremises = { stack: "onprem-prod" };

const inPod = (rule: string, ...ways: Ways) =>
  broken(server, rule, ...ways.map((way) => within("spec.template.spec", way)));
const inContainer = (rule: string, ...ways: Ways) =>
  inPod(rule, ...ways.map((way) => within("containers.serve", way)));
const confined = (rule: string, ...ways: Ways) =>
  inContainer(rule, ...ways.map((way) => within("securityContext", way)));
const inJob = (rule: string, ...ways: Ways) =>
  broken(monitor, rule, ...ways.map((way) => within("spec.jobTemplate.spec", way)));

const podMutations: (Mutation | Mutation[])[] = [
  confined("K8S-01", { privileged: true }, { procMount: "Unmasked" }),
  inPod("K8S-01", { initContainers: [{ name: "chown", securityContext: { privileged: true } }] }),
  inPod("K8S-02", { hostNetwork: true }, { hostPID: true }, { hostIPC: true }),
  inJob("K8S-02", { "template.spec.hostNetwork": true }),
  confined("K8S-03", { allowPrivilegeEscalation: true }, { allowPrivilegeEscalation: undefined }),
  confined("K8S-04", { runAsNonRoot: false }, { runAsUser: 0 }),
  inPod("K8S-04", { "securityContext.runAsUser": 0 }),
  inPod("K8S-04", {
    "securityContext.runAsNonRoot": undefined,
    "containers.serve.securityContext.runAsNonRoot": undefined,
  }),
  confined("K8S-05", { capabilities: undefined }, { "capabilities.add": ["SYS_PTRACE"] }),
  inPod("K8S-06", { "securityContext.seccompProfile": undefined }),
  confined("K8S-06", { "seccompProfile.type": "Unconfined" }),
  confined("K8S-07", { readOnlyRootFilesystem: false }, { readOnlyRootFilesystem: undefined }),
  inPod("K8S-08", { "volumes.engine.hostPath.path": "/run/containerd/containerd.sock" }),
  added(object("core/v1:PersistentVolume", "models"), "K8S-08", { "spec.hostPath.path": "/srv/models" }),
  inContainer("K8S-09", { "ports.http.hostPort": 8080 }),
  inPod("K8S-09", { "volumes.models.nfs": { server: "nas.example.com", path: "/models" } }),
  inContainer("K8S-10", { resources: undefined }, { "resources.limits": undefined }),
  inContainer("K8S-10", { "resources.limits.ephemeral-storage": undefined }),
  inContainer("K8S-10", { "resources.requests.[nvidia.com/gpu]": 1 }),
  inPod("K8S-11", { automountServiceAccountToken: true }, { automountServiceAccountToken: undefined }),
  broken({ ...object("core/v1:ServiceAccount", "release-runner-account"), ...onPremises }, "K8S-11", {
    automountServiceAccountToken: true,
  }),
  inPod("K8S-12", { serviceAccountName: undefined }, { serviceAccountName: "default" }),
  inContainer("K8S-13", { livenessProbe: undefined }, { readinessProbe: undefined }),
  inJob("K8S-13", { activeDeadlineSeconds: undefined }, { ttlSecondsAfterFinished: undefined }),
  broken(monitor, "K8S-13", { "spec.concurrencyPolicy": "Allow" }, { "spec.startingDeadlineSeconds": 5 }),
  broken(prepare, "K8S-13", { "spec.backoffLimit": undefined }),
];

const namespace = object("core/v1:Namespace", "bank-churn");
const enforce = "metadata.labels.[pod-security.kubernetes.io/enforce]";
const policy = (name: string, stack?: string) => object("networking.k8s.io/v1:NetworkPolicy", name, stack);
const deny = policy("bank-churn-deny");
const quota = object("core/v1:ResourceQuota", "bank-churn-quota");
const limits = object("core/v1:LimitRange", "bank-churn-limits");
const open = { "spec.ingress.0.from.0": { ipBlock: { cidr: "0.0.0.0/0" } } };
const anywhere = { ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } };

const namespaceMutations: (Mutation | Mutation[])[] = [
  broken(server, "K8S-14", { "metadata.namespace": "default" }, { "metadata.namespace": undefined }),
  added(object("core/v1:Secret", "copied"), "K8S-14", { "metadata.namespace": "kube-system" }),
  broken(namespace, "K8S-15", { [enforce]: "baseline" }, { [enforce]: undefined }),
  broken(namespace, "K8S-15", { "metadata.labels.[pod-security.kubernetes.io/enforce-version]": undefined }),
  broken(server, "K8S-15", { "metadata.namespace": "machine-learning" }),
  { ...deny, rule: "K8S-16", drop: true },
  broken(deny, "K8S-16", { "spec.policyTypes": ["Ingress"] }, { "spec.egress": [{}] }),
  broken(deny, "K8S-16", { "spec.podSelector.matchLabels.[app.kubernetes.io/name]": "serve" }),
  broken(policy("bank-churn-serve-policy"), "K8S-17", open, { "spec.ingress.0.from": undefined }),
  broken(policy("tracking-policy", "dev"), "K8S-17", { "spec.egress.0.to": undefined }),
  broken(policy("tracking-policy"), "K8S-17", { "spec.egress.0.to.0": anywhere }),
  broken(policy("tracking-policy"), "K8S-17", { "spec.egress.0.to.0": { ipBlock: { cidr: "128.0.0.0/1" } } }),
  broken(policy("tracking-policy"), "K8S-17", { "spec.ingress.0.from.0": { namespaceSelector: {} } }),
  broken(policy("tracking-policy"), "K8S-18", {
    "spec.podSelector.matchLabels.[app.kubernetes.io/name]": "mlflow",
  }),
  broken(policy("tracking-policy"), "K8S-18", {
    "spec.ingress.0.from.1.podSelector.matchLabels.[app.kubernetes.io/name]": "server",
  }),
  { ...prepare, ...onPremises, rule: "K8S-18", drop: true },
  { ...quota, rule: "K8S-24", drop: true },
  { ...limits, rule: "K8S-24", drop: true },
  broken(quota, "K8S-24", { "spec.hard": {} }),
  broken(limits, "K8S-24", { "spec.limits": [] }),
];

const right = (name: string) => object(`rbac.authorization.k8s.io/v1:${name}`, undefined, "onprem-prod");
const runnerRole = { ...right("Role"), name: "release-runner-role" };
const ingress = object("networking.k8s.io/v1:Ingress", "bank-churn-serve-ingress");
const nginx = (name: string) => `metadata.annotations.[nginx.ingress.kubernetes.io/${name}]`;
const service = object("core/v1:Service", "bank-churn-serve-service");
const release = object("helm.sh/v3:Release");
const traefik = "oci://ghcr.io/traefik/helm/traefik";

const edgeMutations: (Mutation | Mutation[])[] = [
  broken(right("RoleBinding"), "K8S-19", { "roleRef.name": "cluster-admin", "roleRef.kind": "ClusterRole" }),
  broken(right("ClusterRoleBinding"), "K8S-19", {
    "subjects.0": { kind: "Group", name: "system:authenticated" },
  }),
  broken(runnerRole, "K8S-20", { "rules.0.verbs": ["*"] }, { "rules.0.resources.1": "pods/exec" }),
  broken(runnerRole, "K8S-20", { "rules.0.resources.1": "*/exec" }),
  added(right("ClusterRole"), "K8S-20", {
    rules: [{ apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["get", "list"] }],
  }),
  broken(ingress, "K8S-21", { "spec.tls": undefined }, { "spec.rules.0.host": "churn.example.com" }),
  broken(ingress, "K8S-21", { [nginx("ssl-redirect")]: "false" }, { "spec.ingressClassName": undefined }),
  broken(ingress, "K8S-21", { [nginx("configuration-snippet")]: "more_set_headers 'X: y';" }),
  broken(service, "K8S-22", { "spec.type": "LoadBalancer" }, { "spec.type": "NodePort" }),
  broken({ ...service, ...inDev }, "K8S-22", { "spec.externalIPs": ["192.0.2.1"] }),
  added(release, "K8S-25", { chart: traefik }),
  added(release, "K8S-25", { chart: traefik, version: ">=37.0.0" }),
  added(release, "K8S-25", { chart: "oci://charts.example.com/traefik", version: "37.0.0" }),
];

const onTeams = (type: string, name: string) => ({ ...object(type, name), ...onPremises });
const plain = "http://tracking.prod-platform.svc.cluster.local:5000";
const inServer = (name: string, ...ways: Ways) =>
  broken(
    onTeams("apps/v1:Deployment", name),
    "K8S-27",
    ...ways.map((way) => within("spec.template.spec.containers.0", way)),
  );
const runnerFiles = onTeams("core/v1:ConfigMap", "release-runner-config");

const transportMutations: (Mutation | Mutation[])[] = [
  inServer("tracking", { "env.ECLUSE_TLS_FOLDER": undefined }),
  inServer("bank-churn-serve", { "env.ECLUSE_TLS_FOLDER": undefined }),
  inServer("bank-churn-serve", { "env.MLFLOW_TRACKING_URI": { name: "MLFLOW_TRACKING_URI", value: plain } }),
  inServer(
    "proxy",
    { args: ["--oidc-issuer-url=https://gitlab.example.com"] },
    { "args.9": `--upstream=${plain}` },
  ),
  inServer("proxy", { "args.10": "--ssl-upstream-insecure-skip-verify" }),
  broken(onTeams("batch/v1:CronJob", "bank-churn-monitor"), "K8S-27", {
    "spec.jobTemplate.spec.template.spec.containers.0.env.MLFLOW_TRACKING_URI.value": plain,
  }),
  broken(runnerFiles, "K8S-27", { "data.[tail.toml]": `patch = "{\\"value\\":\\"${plain}\\"}"` }),
  broken(
    { ...ingress, ...onPremises },
    "K8S-27",
    { [nginx("backend-protocol")]: undefined },
    { [nginx("proxy-ssl-verify")]: "off" },
  ),
];

const budget = object("policy/v1:PodDisruptionBudget", "bank-churn-serve-budget");
const scaler = object("autoscaling/v2:HorizontalPodAutoscaler");
const database = { ...object("postgresql.cnpg.io/v1:Cluster"), ...onPremises };

const keepingMutations: (Mutation | Mutation[])[] = [
  broken(server, "K8S-23", { "spec.replicas": 1 }),
  inPod("K8S-23", { topologySpreadConstraints: undefined }),
  inPod("K8S-23", { "topologySpreadConstraints.0.whenUnsatisfiable": "ScheduleAnyway" }),
  { ...budget, rule: "K8S-23", drop: true },
  broken(budget, "K8S-23", { "spec.maxUnavailable": 0 }),
  broken({ ...scaler, ...onPremises }, "K8S-23", { "spec.minReplicas": 1 }),
  broken(database, "K8S-26", { "spec.storage.storageClass": "standard" }, { "spec.walStorage.size": "5Gi" }),
  added(object("core/v1:PersistentVolumeClaim"), "K8S-26", { "spec.resources.requests.storage": "50Gi" }),
];

/** What runs in a cluster, broken as people break it. */
export const clusterMutations: readonly Mutation[] = [
  podMutations,
  namespaceMutations,
  edgeMutations,
  transportMutations,
  keepingMutations,
].flat(2);
