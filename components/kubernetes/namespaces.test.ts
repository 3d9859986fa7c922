import { describe, expect, it } from "vitest";
import type { ClusterSettings, EnvironmentSettings } from "../settings";
import { only, record, testSettings } from "./fixture";
import { isolatedNamespaces, namespacesArgs } from "./namespaces";

const namespaces = (settings: EnvironmentSettings = testSettings(), databaseInstances?: number) =>
  record((options) => {
    const args = namespacesArgs(settings, settings.cluster as ClusterSettings);
    isolatedNamespaces({ ...args, ...(databaseInstances && { databaseInstances }), options });
  });

const names = (made: Awaited<ReturnType<typeof namespaces>>, kind: string) =>
  made.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs.metadata);

describe("isolatedNamespaces", () => {
  it("makes one for the platform, the release, and each use case and its jobs", async () => {
    const made = await namespaces();
    expect(names(made, "Namespace").map(({ name }) => name)).toEqual([
      "dev-platform",
      "dev-release",
      "dev-bank-churn",
      "dev-bank-churn-ci",
    ]);
  });

  it("adds one for data on a team's own cluster, and none for the release without a runner", async () => {
    const settings = testSettings({ target: "kubernetes" });
    const cluster = { ...settings.cluster, runner: false } as EnvironmentSettings["cluster"];
    const made = await namespaces({ ...settings, cluster }, 1);
    const found = names(made, "Namespace").map(({ name }) => name);
    expect(found).toContain("dev-data");
    expect(found).not.toContain("dev-release");
  });

  it("enforces restricted Pod Security, and says whose each is", async () => {
    const made = await namespaces();
    expect(only(made, "Namespace", "dev-bank-churn").inputs.metadata.labels).toEqual({
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": "v1.31",
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/audit-version": "v1.31",
      "pod-security.kubernetes.io/warn": "restricted",
      "pod-security.kubernetes.io/warn-version": "v1.31",
      "app.kubernetes.io/part-of": "ecluse",
      "app.kubernetes.io/managed-by": "pulumi",
      "ecluse.local/environment": "dev",
      "ecluse.local/tier": "development",
      "ecluse.local/owner": "data-team-data-example.com",
      "ecluse.local/cost-center": "42",
      "ecluse.local/data-classification": "internal",
      "ecluse.local/use-case": "bank-churn",
    });
  });

  it("denies all traffic in each, opens DNS only, and bounds use", async () => {
    const made = await namespaces();
    for (const { name } of names(made, "Namespace")) {
      const inside = made.filter(({ inputs }) => inputs.metadata?.namespace === name);
      const of = (object: string) =>
        inside.find(({ inputs }) => inputs.metadata.name === object)?.inputs.spec;
      expect(of("default-deny")).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
      expect(of("dns")).toEqual({
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
              },
            ],
            ports: [
              { protocol: "UDP", port: 53 },
              { protocol: "TCP", port: 53 },
            ],
          },
        ],
      });
      expect(of("quota").hard).toMatchObject({
        "services.nodeports": "0",
        "services.loadbalancers": "0",
        persistentvolumeclaims: "0",
      });
      expect(of("limits").limits).toEqual([
        { type: "Container", default: { memory: "256Mi" }, defaultRequest: { cpu: "50m", memory: "256Mi" } },
      ]);
      for (const { options } of inside) expect(options.dependsOn).toHaveLength(1);
    }
  });

  it("opens the DNS of the settings: its pods, its port beside 53, and NodeLocal's address", async () => {
    const settings = testSettings();
    const dns = {
      namespace: "openshift-dns",
      labels: { "dns.operator.openshift.io/daemonset-dns": "default" },
      port: 5353,
      ranges: ["169.254.20.10/32"],
    };
    const made = await namespaces({
      ...settings,
      cluster: { ...(settings.cluster as ClusterSettings), dns },
    });
    const found = made.filter(({ inputs }) => inputs.metadata.name === "dns");
    expect(found).toHaveLength(4);
    for (const { inputs } of found)
      expect(inputs.spec.egress).toEqual([
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "openshift-dns" } },
              podSelector: { matchLabels: { "dns.operator.openshift.io/daemonset-dns": "default" } },
            },
            { ipBlock: { cidr: "169.254.20.10/32" } },
          ],
          ports: [53, 5353].flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ protocol, port }))),
        },
      ]);
  });

  it("grows with the profile and the training, and has GPUs where a use case may ask for one", async () => {
    const settings = testSettings({ profile: "full" });
    const made = await namespaces({
      ...settings,
      useCases: settings.useCases.map((u) => ({ ...u, training: { cpu: 0.5, memoryGb: 3, gpu: true } })),
    });
    const hard = (namespace: string) =>
      made.find(({ name }) => name === `${namespace}-quota`)?.inputs.spec.hard as Record<string, string>;
    expect(hard("dev-bank-churn-ci")).toMatchObject({
      "requests.cpu": "30.5",
      "limits.memory": "123Gi",
      "requests.nvidia.com/gpu": "1",
    });
    expect(hard("dev-bank-churn")).toMatchObject({ pods: "17", "requests.nvidia.com/gpu": "0" });
  });
});
