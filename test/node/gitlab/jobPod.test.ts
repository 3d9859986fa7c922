import { expect, it } from "vitest";
import { buildJobs, restrictedJobs, runnerConfig } from "../../../components/kubernetes/runnerConfig";
import { byRunner } from "../../../components/kubernetes/runnerPod";
import { imageOf, jobPod, runnerOf } from "./jobPod";

const registry = "registry.example.com/ecluse";

const mount = { name: "authority", mountPath: "/var/run/ecluse/authority", readOnly: true };
const authority = { name: "SSL_CERT_FILE", value: "/var/run/ecluse/authorities/ca-bundle.crt" };

function runner(security: object = restrictedJobs, nodes: object = {}) {
  const { head, tail } = runnerConfig({
    name: "dev-bank-churn-ci-runner",
    gitlabUrl: "https://gitlab.example.com",
    concurrent: 2,
    namespace: "dev-bank-churn-ci",
    serviceAccount: "train",
    registry,
    image: `${registry}/python-base@sha256:1`,
    helperImage: `${registry}/gitlab-runner-helper@sha256:2`,
    labels: { "app.kubernetes.io/name": "train", ...byRunner },
    security,
    podPatch: {
      containers: [
        { name: "build", env: [authority], volumeMounts: [mount] },
        { name: "helper", env: [authority] },
      ],
      volumes: [{ name: "authority", configMap: { name: "authority" } }],
      ...nodes,
    },
  });
  return runnerOf({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "gitlab-runner" },
    data: { "head.toml": head, "tail.toml": tail },
  });
}

const job = {
  name: "runner-1001",
  image: `${registry}/bank-churn:abc`,
  secret: "runner-1001",
  command: ["sh"],
  helperCommand: ["gitlab-runner-helper"],
  seconds: 3600,
};

it("makes the pod that the stack's configuration asks for", () => {
  const confined = {
    privileged: false,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  };
  const shared = {
    imagePullPolicy: "Always",
    envFrom: [{ secretRef: { name: "runner-1001" } }],
    securityContext: confined,
    env: [authority],
  };
  const repo = { name: "repo", mountPath: "/builds" };
  expect(jobPod(runner(), job)).toEqual({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "runner-1001",
      namespace: "dev-bank-churn-ci",
      labels: { "app.kubernetes.io/name": "train", ...byRunner },
    },
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: 3600,
      serviceAccountName: "train",
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10_001,
        runAsGroup: 10_001,
        fsGroup: 10_001,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          ...shared,
          name: "build",
          image: `${registry}/bank-churn:abc`,
          command: ["sh"],
          resources: {
            requests: { cpu: "500m", memory: "4Gi", "ephemeral-storage": "2Gi" },
            limits: { memory: "4Gi", "ephemeral-storage": "10Gi" },
          },
          volumeMounts: [repo, mount],
        },
        {
          ...shared,
          name: "helper",
          image: `${registry}/gitlab-runner-helper@sha256:2`,
          command: ["gitlab-runner-helper"],
          resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "256Mi" } },
          volumeMounts: [repo],
        },
      ],
      volumes: [
        { name: "repo", emptyDir: {} },
        { name: "authority", configMap: { name: "authority" } },
      ],
    },
  });
});

it("gives builds what rootless BuildKit needs, on their own nodes", () => {
  const nodes = { nodeSelector: { "ecluse.local/pool": "build" } };
  expect(jobPod(runner(buildJobs, nodes), job).spec).toMatchObject({
    nodeSelector: nodes.nodeSelector,
    securityContext: { runAsUser: 1000 },
    containers: [
      { securityContext: { capabilities: { drop: ["ALL"], add: ["SETUID", "SETGID"] } } },
      { securityContext: { capabilities: { drop: ["ALL"] } } },
    ],
  });
});

it.each([
  [undefined, `${registry}/python-base@sha256:1`],
  [`${registry}/bank-churn:abc`, `${registry}/bank-churn:abc`],
  [`${registry}/group/of/more:1`, `${registry}/group/of/more:1`],
])("runs image %s as %s", (asked, expected) => {
  expect(imageOf(runner(), asked)).toBe(expected);
});

it.each(["docker.io/library/python:3.11", "registry.example.com/other/bank-churn:1", `${registry}x/a:1`])(
  "refuses image %s",
  (asked) => {
    expect(() => imageOf(runner(), asked)).toThrow(
      `the runner refuses image ${asked}: allowed_images has ${registry}/**`,
    );
  },
);
