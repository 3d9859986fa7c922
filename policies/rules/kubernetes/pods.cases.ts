import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";

const confined: Properties = {
  privileged: false,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
const probe: Properties = { httpGet: { path: "/health", port: 8080 } };
const container: Properties = {
  name: "serve",
  image: "registry.example.com/serving:0.1.0",
  securityContext: confined,
  resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "1Gi" } },
  livenessProbe: probe,
  readinessProbe: probe,
};
const spec: Properties = {
  serviceAccountName: "serve",
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container],
  volumes: [{ name: "tmp", emptyDir: {} }],
};

const metadata: Properties = { name: "serve", namespace: "prod-bank-churn" };
const server = (pod: Properties): Properties => ({
  metadata,
  spec: { template: { spec: { ...spec, ...pod } } },
});
const withContainer = (more: Properties) => server({ containers: [{ ...container, ...more }] });
const withContext = (more: Properties) => withContainer({ securityContext: { ...confined, ...more } });
const withoutContext = (key: string) => {
  const { [key]: _left, ...rest } = confined;
  return withContainer({ securityContext: rest });
};
const inCronJob = (pod: Properties): Sketch => ({
  type: "kubernetes:batch/v1:CronJob",
  inputs: { metadata, spec: { jobTemplate: { spec: { template: { spec: { ...spec, ...pod } } } } } },
});
const beforehand = (securityContext: Properties) => ({ initContainers: [{ ...container, securityContext }] });

const job: Properties = { backoffLimit: 0, activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 60 };
const cronJob: Properties = {
  concurrencyPolicy: "Forbid",
  startingDeadlineSeconds: 300,
  jobTemplate: { spec: { ...job, template: { spec } } },
};
const account = "kubernetes:core/v1:ServiceAccount";
const sketch = (type: string, inputs: Properties): Sketch => ({ type, inputs });

/** What each rule on pods passes, and what it refuses. */
export const podCases: Cases = {
  "K8S-01": {
    pass: server({}),
    fail: [
      withContext({ privileged: true }),
      withContext({ procMount: "Unmasked" }),
      server({ securityContext: { windowsOptions: { hostProcess: true } } }),
      inCronJob(beforehand({ privileged: true })),
    ],
    open: withContext({ privileged: UNKNOWN }),
  },
  "K8S-02": {
    pass: server({}),
    fail: [server({ hostPID: true }), server({ hostIPC: true }), inCronJob({ hostNetwork: true })],
  },
  "K8S-03": {
    pass: server({}),
    fail: [
      withContext({ allowPrivilegeEscalation: true }),
      withoutContext("allowPrivilegeEscalation"),
      server(beforehand({})),
      sketch("kubernetes:core/v1:Pod", { metadata, spec: { containers: [{ name: "a" }] } }),
    ],
    open: withContext({ allowPrivilegeEscalation: UNKNOWN }),
  },
  "K8S-04": {
    pass: server({}),
    fail: [
      server({ securityContext: {} }),
      server({ securityContext: { runAsNonRoot: true, runAsUser: 0 } }),
      withContext({ runAsNonRoot: false }),
      withContext({ runAsUser: 0 }),
    ],
  },
  "K8S-05": {
    pass: withContext({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
    fail: [
      withoutContext("capabilities"),
      withContext({ capabilities: { drop: ["NET_RAW"] } }),
      withContext({ capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }),
    ],
    open: withContext({ capabilities: { drop: ["ALL"], add: UNKNOWN } }),
  },
  "K8S-06": {
    pass: server({}),
    fail: [
      server({ securityContext: {} }),
      withContext({ seccompProfile: { type: "Unconfined" } }),
      inCronJob({ securityContext: { seccompProfile: { type: "Unconfined" } } }),
    ],
  },
  "K8S-07": {
    pass: server({}),
    fail: [withContext({ readOnlyRootFilesystem: false }), withoutContext("readOnlyRootFilesystem")],
  },
  "K8S-08": {
    pass: server({}),
    fail: [
      server({ volumes: [{ name: "socket", hostPath: { path: "/run/containerd/containerd.sock" } }] }),
      inCronJob({ volumes: [{ name: "root", hostPath: { path: "/" } }] }),
      sketch("kubernetes:core/v1:PersistentVolume", { spec: { hostPath: { path: "/data" } } }),
    ],
    open: server({ volumes: [UNKNOWN] }),
  },
  "K8S-09": {
    pass: withContainer({ ports: [{ containerPort: 8080 }] }),
    fail: [
      withContainer({ ports: [{ containerPort: 8080, hostPort: 8080 }] }),
      server({ volumes: [{ name: "share", nfs: { server: "192.0.2.1", path: "/" } }] }),
      server({ volumes: [{ name: "node", hostPath: { path: "/" } }] }),
    ],
    open: server({ volumes: [{ name: "share", nfs: UNKNOWN }] }),
  },
  "K8S-10": {
    pass: withContainer({
      resources: {
        requests: { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "1" },
        limits: { memory: "1Gi", "ephemeral-storage": "1Gi", "nvidia.com/gpu": "1" },
      },
    }),
    fail: [
      withContainer({ resources: {} }),
      withContainer({ resources: { requests: { memory: "1Gi" }, limits: { memory: "1Gi" } } }),
      withContainer({ resources: { requests: { cpu: "1", memory: "1Gi" } } }),
      withContainer({ resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } } }),
      withContainer({
        resources: {
          requests: { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "1" },
          limits: { memory: "1Gi" },
        },
      }),
    ],
  },
  "K8S-11": {
    pass: server({}),
    fail: [
      server({ automountServiceAccountToken: true }),
      server({ automountServiceAccountToken: null }),
      sketch(account, { metadata }),
    ],
  },
  "K8S-12": {
    pass: server({}),
    fail: [server({ serviceAccountName: "default" }), server({ serviceAccountName: "" })],
  },
  "K8S-13": {
    pass: sketch("kubernetes:batch/v1:CronJob", { spec: cronJob }),
    fail: [
      withContainer({ livenessProbe: null }),
      withContainer({ readinessProbe: null }),
      sketch("kubernetes:batch/v1:Job", { spec: { ...job, ttlSecondsAfterFinished: null } }),
      sketch("kubernetes:batch/v1:Job", { spec: { ...job, activeDeadlineSeconds: null } }),
      sketch("kubernetes:batch/v1:CronJob", { spec: { ...cronJob, concurrencyPolicy: "Allow" } }),
      sketch("kubernetes:batch/v1:CronJob", { spec: { ...cronJob, startingDeadlineSeconds: 5 } }),
      sketch("kubernetes:batch/v1:CronJob", { spec: { ...cronJob, jobTemplate: { spec: {} } } }),
    ],
    open: server({ containers: UNKNOWN }),
  },
};
