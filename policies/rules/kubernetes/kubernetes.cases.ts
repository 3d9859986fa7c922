import { type Properties, UNKNOWN } from "../../../protocol/properties";
import { type Cases, type Sketch, urnOf } from "../../cases";

const object = (type: string, name: string, inputs: Properties, more: Partial<Sketch> = {}): Sketch => ({
  type: `kubernetes:${type}`,
  name,
  inputs: { ...inputs, metadata: { name, namespace: "prod-a", ...(inputs.metadata as Properties) } },
  ...more,
});

const enforced: Properties = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "v1.31",
};
const namespace = (labels: Properties = enforced): Sketch => ({
  type: "kubernetes:core/v1:Namespace",
  name: "prod-a",
  inputs: { metadata: { name: "prod-a", labels } },
});

const policy = (name: string, spec: Properties) =>
  object("networking.k8s.io/v1:NetworkPolicy", name, { spec });
const deny = policy("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
const quota = object("core/v1:ResourceQuota", "quota", { spec: { hard: { pods: "10" } } });
const limits = object("core/v1:LimitRange", "limits", { spec: { limits: [{ type: "Container" }] } });

const labels: Properties = { "app.kubernetes.io/name": "serve" };
const selector: Properties = { matchLabels: labels };
const server = (spec: Properties = {}): Sketch =>
  object("apps/v1:Deployment", "serve", {
    metadata: { labels },
    spec: { template: { metadata: { labels }, spec: { containers: [{ name: "serve" }] } }, ...spec },
  });
const away: Sketch = { ...server(), inputs: { ...server().inputs, metadata: { namespace: "default" } } };
const somewhere: Sketch = { ...server(), inputs: { ...server().inputs, metadata: { namespace: UNKNOWN } } };

const role = (rule: Properties) => ({
  rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"], ...rule }],
});
const clusterRole = (inputs: Properties): Sketch => ({
  type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
  inputs,
});

const ingress = (annotations: Properties, spec: Properties): Properties => ({
  metadata: { annotations },
  spec: {
    ingressClassName: "nginx",
    rules: [{ host: "a.example.com" }],
    tls: [{ hosts: ["a.example.com"] }],
    ...spec,
  },
});
const redirect: Properties = { "nginx.ingress.kubernetes.io/ssl-redirect": "true" };

const opened = (rule: Properties): Properties => ({ spec: { podSelector: {}, ingress: [rule] } });
const left = (cidr: string, except: string[] = []): Properties => ({
  spec: { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr, except } }] }] },
});

const budget = (spec: Properties) =>
  object("policy/v1:PodDisruptionBudget", "serve", { spec: { selector, ...spec } });
const spreadBy = (topologyKey: string, whenUnsatisfiable: string): Properties => ({
  replicas: 2,
  template: {
    metadata: { labels },
    spec: { topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable }] },
  },
});
const spread = spreadBy("kubernetes.io/hostname", "DoNotSchedule");
const scaler = (minReplicas: number) =>
  object("autoscaling/v2:HorizontalPodAutoscaler", "serve", {
    spec: { minReplicas, scaleTargetRef: { name: "serve" } },
  });

const claim = (storageClassName?: string) =>
  object("core/v1:PersistentVolumeClaim", "data", { spec: storageClassName ? { storageClassName } : {} });
const storageClass = (inputs: Properties): Sketch => ({
  type: "kubernetes:storage.k8s.io/v1:StorageClass",
  inputs: {
    metadata: { name: "retained" },
    reclaimPolicy: "Retain",
    parameters: { diskEncryptionSetID: "/des" },
    ...inputs,
  },
});

const runnerConfig = (tail: string) => object("core/v1:ConfigMap", "runner", { data: { "tail.toml": tail } });
const forTraining = policy("train", { podSelector: { matchLabels: { "app.kubernetes.io/name": "train" } } });
const from = (peer: Properties) => policy("serve", { podSelector: selector, ingress: [{ from: [peer] }] });
const inNamespace = { matchLabels: { "kubernetes.io/metadata.name": "prod-a" } };
const anyNamespace = (operator: string, ...values: string[]) => ({
  matchExpressions: [{ key: "kubernetes.io/metadata.name", operator, ...(values.length > 0 && { values }) }],
});

/** What each rule on Kubernetes objects passes, and what it refuses. */
export const kubernetesCases: Cases = {
  "K8S-14": {
    pass: [server(), object("cert-manager.io/v1:ClusterIssuer", "ca", { metadata: { namespace: null } })],
    fail: [
      [away],
      [object("core/v1:Secret", "a", { metadata: { namespace: null } })],
      [object("core/v1:Secret", "a", { metadata: { namespace: "kube-system" } })],
      [{ type: "kubernetes:helm.sh/v3:Release", inputs: { chart: "a" } }],
    ],
    open: [object("core/v1:Secret", "a", { metadata: { namespace: UNKNOWN } })],
    notApplicable: [namespace(), { type: "ecluse:kubernetes:IsolatedNamespace", inputs: {} }],
  },
  "K8S-15": {
    pass: [
      namespace(),
      server(),
      object(
        "apps/v1:Deployment",
        "b",
        { metadata: { namespace: UNKNOWN } },
        { propertyDependencies: { metadata: [urnOf("kubernetes:core/v1:Namespace", "prod-a")] } },
      ),
    ],
    fail: [
      [namespace({ "pod-security.kubernetes.io/enforce": "restricted" })],
      [namespace({ ...enforced, "pod-security.kubernetes.io/enforce": "baseline" })],
      [namespace(), away],
    ],
    open: [namespace({ ...enforced, "pod-security.kubernetes.io/enforce": UNKNOWN })],
  },
  "K8S-16": {
    pass: [namespace(), deny],
    fail: [
      [namespace()],
      [namespace(), policy("deny", { podSelector: {}, policyTypes: ["Ingress"] })],
      [namespace(), policy("deny", { podSelector: selector, policyTypes: ["Ingress", "Egress"] })],
      [namespace(), policy("deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"], egress: [{}] })],
      [namespace(), { ...deny, inputs: { ...deny.inputs, metadata: { namespace: "prod-b" } } }],
    ],
    open: [namespace(), policy("deny", { podSelector: {}, policyTypes: UNKNOWN })],
  },
  "K8S-17": {
    pass: {
      spec: {
        ingress: [{ from: [{ namespaceSelector: inNamespace, podSelector: selector }, { podSelector: {} }] }],
        egress: [{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }, { namespaceSelector: inNamespace }] }],
      },
    },
    fail: [
      opened({}),
      opened({ from: [] }),
      opened({ from: [{}] }),
      opened({ from: [{ namespaceSelector: {} }] }),
      opened({ from: [{ namespaceSelector: {}, podSelector: selector }] }),
      opened({ from: [{ namespaceSelector: anyNamespace("Exists") }] }),
      opened({ from: [{ namespaceSelector: anyNamespace("NotIn", "kube-system") }] }),
      opened({ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }),
      opened({ from: [{ ipBlock: { cidr: "0.0.0.0/1" } }] }),
      opened({ from: [{ ipBlock: { cidr: "any" } }] }),
      opened({ from: [{ ipBlock: { cidr: "0.0.0.0/1", except: ["192.0.2.1/32"] } }] }),
      opened({ from: [{ ipBlock: {} }] }),
      opened({ from: [{ namespaceSelector: { matchLabels: null }, podSelector: { matchLabels: null } }] }),
      left("128.0.0.0/1"),
      left("192.0.2.0"),
      { spec: { egress: [{ ports: [{ port: 443 }] }] } },
      left("0.0.0.0/0"),
      left("0.0.0.0/0", ["10.0.0.0/8"]),
      left("169.254.0.0/16"),
      left("::/0"),
    ],
    open: left(UNKNOWN),
  },
  "K8S-18": {
    pass: [
      namespace(),
      server(),
      deny,
      from({ namespaceSelector: inNamespace, podSelector: selector }),
      from({
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } },
        podSelector: selector,
      }),
      policy("any", {
        podSelector: { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "Exists" }] },
      }),
      forTraining,
      runnerConfig('privileged = false\npod_labels = { "app.kubernetes.io/name" = "train", "a" = "b" }\n'),
    ],
    fail: [
      [server(), forTraining],
      [namespace(), server(), from({ podSelector: { matchLabels: { "app.kubernetes.io/name": "gone" } } })],
      [
        namespace(),
        server(),
        from({
          namespaceSelector: inNamespace,
          podSelector: { matchLabels: { "app.kubernetes.io/name": "gone" } },
        }),
      ],
      [
        server(),
        policy("none", {
          podSelector: {
            matchExpressions: [{ key: "app.kubernetes.io/name", operator: "NotIn", values: ["serve"] }],
          },
        }),
      ],
    ],
    open: [forTraining, runnerConfig(UNKNOWN)],
    // The namespace of the only pod that fits is unknown.
    alsoOpen: [
      [somewhere, policy("serve", { podSelector: selector })],
      [namespace(), somewhere, from({ namespaceSelector: inNamespace, podSelector: selector })],
    ],
    notApplicable: [server()],
  },
  "K8S-19": {
    pass: { roleRef: { name: "runner" }, subjects: [{ kind: "ServiceAccount", name: "runner" }] },
    fail: [
      { roleRef: { name: "cluster-admin" }, subjects: [{ name: "runner" }] },
      { roleRef: { name: "admin" }, subjects: [{ name: "runner" }] },
      { roleRef: { name: "view" }, subjects: [{ name: "runner" }, { name: "system:unauthenticated" }] },
      { roleRef: { name: "view" }, subjects: [{ name: "system:authenticated" }] },
    ],
  },
  "K8S-20": {
    pass: {
      rules: [
        { apiGroups: [""], resources: ["pods"], verbs: ["create", "get"] },
        { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
      ],
    },
    fail: [
      role({ resources: ["secrets"], verbs: ["get"] }),
      role({ resources: ["pods/ephemeralcontainers"], verbs: ["patch"] }),
      role({ resources: ["rolebindings"], verbs: ["create"] }),
      role({ resources: ["networkpolicies"], verbs: ["delete"] }),
      role({ resources: ["secretproviderclasses"], verbs: ["create"] }),
      role({ resources: ["deployments"], verbs: ["patch"] }),
      clusterRole(role({ verbs: ["create"] })),
      role({ verbs: ["*"] }),
      role({ resources: ["*"] }),
      role({ apiGroups: ["*"] }),
      role({ verbs: ["impersonate"] }),
      role({ resources: ["pods/exec"], verbs: ["create"] }),
      role({ resources: ["serviceaccounts/token"], verbs: ["create"] }),
      role({ resources: ["*/exec"], verbs: ["create"] }),
      role({ resources: ["*/token"], verbs: ["create"] }),
      clusterRole(role({ resources: ["secrets"], verbs: ["list"] })),
      clusterRole({ aggregationRule: { clusterRoleSelectors: [{}] } }),
    ],
  },
  "K8S-21": {
    pass: ingress(redirect, {
      rules: [{ host: "a.example.com" }, { host: "b.example.com" }],
      tls: [{ hosts: ["*.example.com"] }],
    }),
    fail: [
      ingress({}, {}),
      ingress({ "nginx.ingress.kubernetes.io/ssl-redirect": "false" }, {}),
      ingress({ ...redirect, "nginx.ingress.kubernetes.io/configuration-snippet": "return 200;" }, {}),
      ingress(redirect, { ingressClassName: null }),
      ingress(redirect, { tls: [] }),
      ingress(redirect, { tls: [{ hosts: ["b.example.com"] }] }),
      ingress(redirect, { rules: [{ http: {} }] }),
      ingress(redirect, { rules: [] }),
      ingress(redirect, { defaultBackend: { service: { name: "a" } } }),
    ],
    open: ingress(redirect, { tls: [{ hosts: [UNKNOWN] }] }),
  },
  "K8S-22": {
    pass: { metadata: {}, spec: { type: "ClusterIP" } },
    fail: [
      { spec: { type: "NodePort" } },
      { spec: { type: "LoadBalancer" } },
      { spec: { type: "ClusterIP", externalIPs: ["192.0.2.1"] } },
    ],
  },
  "K8S-23": {
    pass: [server(spread), budget({ maxUnavailable: 1 }), scaler(2)],
    fail: [
      [server(spread)],
      [server({ ...spread, replicas: 1 }), budget({ maxUnavailable: 1 })],
      [server({ replicas: 2 }), budget({ maxUnavailable: 1 })],
      [server(spreadBy("kubernetes.io/hostname", "ScheduleAnyway")), budget({ maxUnavailable: 1 })],
      [server(spreadBy("topology.kubernetes.io/zone", "DoNotSchedule")), budget({ maxUnavailable: 1 })],
      [server(spread), budget({ maxUnavailable: 0 })],
      [server(spread), budget({ maxUnavailable: 1, selector: { matchLabels: { a: "b" } } })],
      [server(spread), budget({ maxUnavailable: 1 }), scaler(1)],
    ],
    open: [server({ ...spread, replicas: UNKNOWN }), budget({ maxUnavailable: 1 })],
  },
  "K8S-24": {
    pass: [namespace(), quota, limits],
    fail: [
      [namespace(), quota],
      [namespace(), limits],
      [namespace(), limits, { ...quota, inputs: { ...quota.inputs, spec: { hard: null } } }],
      [namespace(), limits, { ...quota, inputs: { ...quota.inputs, spec: { hard: {} } } }],
    ],
    open: [namespace(), limits, { ...quota, inputs: { ...quota.inputs, spec: UNKNOWN } }],
  },
  "K8S-25": {
    pass: {
      chart: "cert-manager",
      version: "v1.18.2",
      repositoryOpts: { repo: "oci://quay.io/jetstack/charts" },
    },
    fail: [
      { chart: "oci://quay.io/jetstack/charts/cert-manager" },
      { chart: "oci://quay.io/jetstack/charts/cert-manager", version: "1.x" },
      { chart: "oci://quay.io/jetstack/charts.evil/cert-manager", version: "1.18.2" },
      { chart: "a", version: "1.0.0", repositoryOpts: { repo: "https://charts.example.com" } },
    ],
  },
  "K8S-26": {
    pass: [claim("retained"), storageClass({})],
    fail: [
      [claim()],
      [claim("other"), storageClass({})],
      [claim("retained"), storageClass({ reclaimPolicy: "Delete" })],
      [claim("retained"), storageClass({ parameters: {} })],
      [
        object("apps/v1:StatefulSet", "a", {
          spec: { volumeClaimTemplates: [{ spec: { storageClassName: "other" } }] },
        }),
      ],
      [object("postgresql.cnpg.io/v1:Cluster", "database", { spec: { storage: { size: "1Gi" } } })],
    ],
    open: [claim(UNKNOWN)],
    notApplicable: [object("apps/v1:StatefulSet", "a", { spec: {} })],
  },
};
