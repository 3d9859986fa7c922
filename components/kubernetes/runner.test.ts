import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { python } from "../../local/provider/supervisor";
import type { EnvironmentSettings } from "../settings";
import {
  fakeFoundation,
  only,
  type Recorded,
  record,
  rolledOut,
  templates,
  testSettings,
  toRange,
} from "./fixture";
import { clusterEnvironment, signing } from "./fixtureWorkloads";
import type { ClusterForge, PodAccess } from "./foundation";
import { onPremiseTestSettings } from "./onpremiseFixture";
import { podsOf } from "./pods";
import { UseCaseRunner } from "./runner";

const access: PodAccess = {
  env: [
    { name: "AWS_SECRET_ACCESS_KEY", valueFrom: { secretKeyRef: { name: "objects", key: "secretKey" } } },
  ],
  volumes: [{ name: "authority", configMap: { name: "authority" } }],
  mounts: [{ name: "authority", mountPath: "/var/run/ecluse/authority", readOnly: true }],
  egress: [toRange("10.0.2.0/28", 443)],
  dependsOn: [],
};

const job = podsOf("dev").train("bank-churn");

const both = (settings: EnvironmentSettings = onPremiseTestSettings()) =>
  record((options) => {
    const foundation = fakeFoundation(options, settings);
    const { forge, ...parts } = foundation;
    const { profile, cluster } = settings;
    const training = { job, access: [access] };
    const args = {
      environment: "dev",
      ...parts,
      profile,
      ...(cluster?.prometheus && { prometheusNamespace: cluster.prometheusNamespace }),
      training,
      forge: forge as ClusterForge,
    };
    new UseCaseRunner("dev-bank-churn-runner", args, { parent: options.parent });
    clusterEnvironment(foundation, settings).releases(signing);
  });

/** What belongs to one namespace. */
const within = (recorded: readonly Recorded[], namespace: string) =>
  recorded.filter(({ inputs }) => inputs.metadata?.namespace === namespace);

/** The runner's config.toml as it is at start, read by a TOML parser. */
function configOf(recorded: readonly Recorded[], namespace: string) {
  const { data } = only(within(recorded, namespace), "ConfigMap", "gitlab-runner").inputs;
  const text = `${data["head.toml"]}token = "glrt-secret"\n\n${data["tail.toml"]}`;
  const parse = "import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.stdin.read())))";
  return JSON.parse(execFileSync(python, ["-c", parse], { input: text, encoding: "utf8" }));
}

describe("the configuration of a use case's runner", () => {
  it("has one runner, for one GitLab, with the token in its place", async () => {
    const { runners, ...global } = configOf(await both(), "dev-bank-churn-ci");
    expect(global).toEqual({
      concurrent: 2,
      check_interval: 5,
      shutdown_timeout: 600,
      listen_address: ":9252",
    });
    expect(runners).toHaveLength(1);
    expect(runners[0]).toMatchObject({
      url: "https://gitlab.example.com",
      token: "glrt-secret",
      executor: "kubernetes",
      feature_flags: { FF_USE_ADVANCED_POD_SPEC_CONFIGURATION: true },
    });
  });

  it("makes jobs as Pod Security restricted asks, in every container", async () => {
    const { kubernetes } = configOf(await both(), "dev-bank-churn-ci").runners[0];
    expect(kubernetes).toMatchObject({
      namespace: "dev-bank-churn-ci",
      service_account: "train",
      automount_service_account_token: false,
      privileged: false,
      allow_privilege_escalation: false,
      pod_security_context: {
        run_as_non_root: true,
        run_as_user: 10001,
        seccomp_profile: { type: "RuntimeDefault" },
      },
    });
    const contexts = Object.keys(kubernetes).filter((key) => key.endsWith("_container_security_context"));
    expect(contexts.sort()).toEqual(
      ["build", "helper", "init_permissions", "service"].map((name) => `${name}_container_security_context`),
    );
    for (const context of contexts)
      expect(kubernetes[context]).toEqual({
        privileged: false,
        allow_privilege_escalation: false,
        capabilities: { drop: ["ALL"] },
      });
  });

  it(
    "takes images of the environment's registry only, and no word of the job's YAML on namespace, account " +
      "or size",
    async () => {
      const { kubernetes } = configOf(await both(), "dev-bank-churn-ci").runners[0];
      expect(kubernetes.allowed_images).toEqual(["registry.example.com/**"]);
      expect(kubernetes.allowed_services).toEqual(["registry.example.com/**"]);
      expect(kubernetes.helper_image).toContain("registry.example.com/gitlab-runner-helper@sha256:");
      expect(Object.keys(kubernetes).filter((key) => key.includes("overwrite"))).toEqual([]);
      for (const key of [
        "memory_limit",
        "helper_memory_limit",
        "service_memory_limit",
        "ephemeral_storage_limit",
      ])
        expect(kubernetes[key]).toMatch(/^\d+[GM]i$/);
    },
  );

  it("gives the build, and no other container, what training reaches the environment by", async () => {
    const { pod_spec } = configOf(await both(), "dev-bank-churn-ci").runners[0].kubernetes;
    expect(pod_spec).toHaveLength(1);
    expect(pod_spec[0].patch_type).toBe("strategic");
    expect(JSON.parse(pod_spec[0].patch)).toEqual({
      containers: [{ name: "build", env: access.env, volumeMounts: access.mounts }],
      volumes: access.volumes,
    });
  });

  it("labels jobs as the role whose policies they have, with the cloud's marks", async () => {
    const { pod_labels } = configOf(await both(), "dev-bank-churn-ci").runners[0].kubernetes;
    expect(pod_labels).toMatchObject({
      "app.kubernetes.io/name": "train",
      "azure.workload.identity/use": "true",
      "ecluse.local/made-by": "runner",
    });
  });
});

describe("the runner's pod", () => {
  it.each(["dev-bank-churn-ci", "dev-release"])(
    "in %s is confined, and finds its token in a file",
    async (namespace) => {
      const recorded = await both();
      const [found] = templates(recorded).filter((template) => template.namespace === namespace);
      const { spec, metadata } = found?.template ?? {};
      expect(spec.serviceAccountName).toBe("runner");
      expect(spec.automountServiceAccountToken).toBe(false);
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(spec.containers[0].securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(spec.volumes).toContainEqual({
        name: "token",
        secret: { secretName: "token" },
      });
      expect(spec.volumes).toContainEqual({ name: "own", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } });
      expect(spec.containers[0].env).toEqual([{ name: "HOME", value: "/tmp" }]);
      expect(metadata.annotations["ecluse.local/reads"]).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  it.each(["dev-bank-churn-ci", "dev-release"])(
    "in %s may run jobs there, and neither exec nor read a Secret",
    async (namespace) => {
      const recorded = within(await both(), namespace);
      expect(only(recorded, "Role", "runner").inputs.rules).toEqual([
        { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list", "watch"] },
        { apiGroups: [""], resources: ["pods/attach"], verbs: ["create", "get"] },
        { apiGroups: [""], resources: ["pods/log"], verbs: ["get", "list"] },
        { apiGroups: [""], resources: ["secrets"], verbs: ["create", "update", "delete"] },
        { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["get"] },
      ]);
      expect(only(recorded, "RoleBinding", "runner").inputs).toMatchObject({
        roleRef: { kind: "Role", name: "runner" },
        subjects: [{ kind: "ServiceAccount", name: "runner", namespace }],
      });
    },
  );

  it("reaches the API server and GitLab, and is read by Prometheus", async () => {
    const { ingress, egress } = only(within(await both(), "dev-release"), "NetworkPolicy", "runner").inputs
      .spec;
    const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));
    expect(egress).toEqual([
      { to: [{ ipBlock: { cidr: "10.0.4.0/28" } }], ports: tcp(443) },
      { to: [{ ipBlock: { cidr: "192.0.2.10/32" } }], ports: tcp(443) },
    ]);
    const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } };
    const podSelector = { matchLabels: { "app.kubernetes.io/name": "prometheus" } };
    expect(ingress).toEqual([{ from: [{ namespaceSelector, podSelector }], ports: tcp(9252) }]);
  });

  it("is where Prometheus looks, at the port that is open to it", async () => {
    for (const namespace of ["dev-release", "dev-bank-churn-ci"]) {
      const recorded = within(await both(), namespace);
      const { spec } = only(recorded, "PodMonitor", "runner").inputs;
      const { metadata, spec: pod } = templates(recorded)[0]?.template ?? {};
      expect(metadata.labels).toMatchObject(spec.selector.matchLabels);
      const [{ port }] = spec.podMetricsEndpoints;
      expect(pod.containers[0].ports).toContainEqual({ name: port, containerPort: 9252, protocol: "TCP" });
    }
  });

  it("is open to nobody where there is no Prometheus", async () => {
    const recorded = within(await both(testSettings()), "dev-release");
    expect(only(recorded, "NetworkPolicy", "runner").inputs.spec.ingress).toBeUndefined();
    expect(recorded.filter(({ type }) => type.endsWith(":PodMonitor"))).toEqual([]);
  });
});

describe("jobs", () => {
  const tcp = (port: number) => [{ protocol: "TCP", port }];
  const pods = (namespace: string, role: string) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels: { "app.kubernetes.io/name": role } },
  });

  it("of a use case reach GitLab, beside what training reaches", async () => {
    expect(only(await both(), "NetworkPolicy", "jobs").inputs.spec).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "train", "ecluse.local/made-by": "runner" } },
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr: "192.0.2.10/32" } }], ports: tcp(443) }],
    });
  });

  it("that release reach the blobs, the tracking server, the model servers and GitLab", async () => {
    const { inputs } = only(await both(), "NetworkPolicy", "release");
    expect(inputs.spec.egress).toEqual([
      { to: [{ ipBlock: { cidr: "10.0.2.0/28" } }], ports: tcp(443) },
      { to: [pods("dev-platform", "tracking")], ports: tcp(5000) },
      { to: [pods("dev-bank-churn", "serve")], ports: tcp(8080) },
      { to: [{ ipBlock: { cidr: "192.0.2.10/32" } }], ports: tcp(443) },
    ]);
  });
});

it.each([
  ["frugal", "1"],
  ["standard", "4"],
  ["full", "10"],
] as const)(
  "a release of profile %s goes by what the stack says, and waits for %s replicas",
  async (profile, replicas) => {
    const config = configOf(await both(onPremiseTestSettings({ profile })), "dev-release");
    expect(config.runners[0].kubernetes.image).toContain("/release@");
    const [{ patch }] = config.runners[0].kubernetes.pod_spec;
    const [data, signingKey, ...given] = JSON.parse(patch).containers[0].env;
    expect(data.valueFrom.secretKeyRef.name).toBe("objects-release");
    expect(signingKey).toEqual({
      name: "ECLUSE_SIGNING_KEY",
      valueFrom: { secretKeyRef: { name: "signing-key", key: "ECLUSE_SIGNING_KEY" } },
    });
    const { ECLUSE_RELEASES, ...rest } = Object.fromEntries(
      given.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(rest).toEqual({
      ECLUSE_ENVIRONMENT: "dev",
      ECLUSE_SERVING_REPLICAS: replicas,
      MLFLOW_TRACKING_URI: "http://tracking.dev-platform.svc.cluster.local:5000",
    });
    expect(JSON.parse(ECLUSE_RELEASES)).toEqual({
      "bank-churn": {
        project: "ecluse/bank-churn",
        gates: {
          metric: "roc_auc",
          floor: 0.8,
          baseline_margin: 0.02,
          non_inferiority_margin: 0.005,
          max_brier: 0.15,
          max_slope_error: 0.25,
          max_intercept_error: 0.25,
          risk: 0.05,
          undecided: "pass",
          max_size_mb: 100,
          max_latency_ms: 100,
          segments: [],
        },
        contract: { target: "exited", id: "customer_id" },
        data_url: "https://blobs.example.com/data",
        holdout_url: "https://blobs.example.com/holdout",
        serving_url: "http://serve.dev-bank-churn.svc.cluster.local:8080",
      },
    });
  },
);

it("a release rolls challengers out as the stack says", async () => {
  const config = configOf(await both(rolledOut(onPremiseTestSettings())), "dev-release");
  const [{ patch }] = config.runners[0].kubernetes.pod_spec;
  const given: { name: string; value: string }[] = JSON.parse(patch).containers[0].env;
  const releases = JSON.parse(given.find(({ name }) => name === "ECLUSE_RELEASES")?.value ?? "");
  expect(releases["bank-churn"].rollout).toMatchObject({ shadow_minutes: 60, canary: [10, 50], risk: 0.05 });
});

describe("the runner that builds images", () => {
  const builds = (changes = {}) =>
    record((options) => {
      const settings = onPremiseTestSettings();
      const cluster = {
        ...settings.cluster,
        builds: { egressRanges: ["192.0.2.40/32"], egressPorts: [8081] },
        ...changes,
      } as never;
      clusterEnvironment(fakeFoundation(options, settings), { ...settings, cluster }).imageBuilds();
    });

  it("lets its jobs make users and namespaces, runs BuildKit, and keeps them on nodes of their own", async () => {
    const { kubernetes } = configOf(await builds(), "dev-build").runners[0];
    expect(kubernetes.image).toContain("/buildkit@");
    expect(kubernetes).toMatchObject({
      privileged: false,
      service_account: "build",
      automount_service_account_token: false,
    });
    expect(kubernetes.pod_security_context).toMatchObject({ run_as_non_root: true, run_as_user: 1000 });
    expect(kubernetes.build_container_security_context).toEqual({
      privileged: false,
      allow_privilege_escalation: true,
      capabilities: { drop: ["ALL"], add: ["SETUID", "SETGID"] },
      seccomp_profile: { type: "Unconfined" },
    });
    expect(kubernetes.helper_container_security_context.allow_privilege_escalation).toBe(false);
    const { nodeSelector, tolerations, containers } = JSON.parse(kubernetes.pod_spec[0].patch);
    expect(nodeSelector).toEqual({ "ecluse.local/pool": "build" });
    expect(tolerations).toEqual([
      { key: "ecluse.local/pool", value: "build", operator: "Equal", effect: "NoSchedule" },
    ]);
    expect(containers[0].env).toEqual([]);
  });

  it("opens its jobs the ranges that are named, and nothing of the environment", async () => {
    const { egress } = only(await builds(), "NetworkPolicy", "build").inputs.spec;
    expect(egress.flatMap(({ to }: { to: object[] }) => to)).toEqual([
      { ipBlock: { cidr: "192.0.2.10/32" } },
      { ipBlock: { cidr: "192.0.2.40/32" } },
    ]);
    expect(egress[0].ports.map(({ port }: { port: number }) => port)).toEqual([443, 8081]);
  });

  it("is none where config has none", async () => {
    expect(await builds({ builds: undefined })).toEqual([]);
  });
});

it("makes nothing where config has no runner", async () => {
  const { cluster } = onPremiseTestSettings();
  const settings = onPremiseTestSettings({ cluster: { ...cluster, runner: false } as never });
  const recorded = await record((options) => {
    const parts = clusterEnvironment(fakeFoundation(options, settings), settings);
    parts.releases(signing);
    for (const useCase of settings.useCases) parts.training({ useCase, parent: options.parent });
  });
  expect(templates(recorded).map(({ name }) => name)).toEqual(["train"]);
});

it("refuses a runner without a GitLab", async () => {
  expect.assertions(1);
  await record((options) => {
    const settings = onPremiseTestSettings({ forge: undefined });
    const parts = clusterEnvironment(fakeFoundation(options, settings), settings);
    expect(() => parts.releases(signing)).toThrow(
      /ecluse:forge is none, and ecluse:cluster\.runner or \.builds asks for a runner/,
    );
  });
});
