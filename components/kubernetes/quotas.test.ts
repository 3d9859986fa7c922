import { describe, expect, it } from "vitest";
import type { ClusterSettings } from "../settings";
import { fakeFoundation, only, record, templates, testSettings } from "./fixture";
import { clusterEnvironment, signing } from "./fixtureWorkloads";
import { isolatedNamespaces, namespacesArgs } from "./namespaces";
import { databaseSizes } from "./postgresqlSpec";
import { dataQuota, landingSize, servingQuota } from "./quotas";

const gibibytes = (text: string) => Number.parseInt(text, 10) / (text.endsWith("Mi") ? 1024 : 1);

/**
 * A namespace's quota of memory, what its pods that are no jobs take, what a job takes, and how many of these its
 * runner starts at once.
 */
async function memoryOf(profile: "frugal" | "standard" | "full", namespace: string) {
  const recorded = await record((options) => {
    const settings = testSettings({ profile });
    const parts = clusterEnvironment(fakeFoundation(options, settings), settings);
    isolatedNamespaces({
      ...namespacesArgs(settings, { ...(settings.cluster as ClusterSettings), runner: true }),
      options,
    });
    parts.releases(signing);
    for (const useCase of settings.useCases) {
      parts.training({ useCase, parent: options.parent });
      parts.jobs({ useCase, parent: options.parent });
    }
  });
  const inside = recorded.filter(({ inputs }) => inputs.metadata?.namespace === namespace);
  const { data } = only(inside, "ConfigMap", "gitlab-runner").inputs;
  const pods = templates(inside).map(({ template }) => template.spec.containers[0].resources.limits.memory);
  const limits = [...data["tail.toml"].matchAll(/^(?:\w+_)?memory_limit = "(.+)"$/gm)].map(
    ([, text]) => text,
  );
  const sum = (texts: string[]) => texts.map(gibibytes).reduce((one, other) => one + other, 0);
  expect(limits).toHaveLength(3);
  return {
    quota: gibibytes(only(inside, "ResourceQuota", "quota").inputs.spec.hard["limits.memory"]),
    beside: sum(pods),
    job: sum(limits),
    concurrent: Number(/^concurrent = (\d+)$/m.exec(data["head.toml"])?.[1]),
  };
}

describe("what replicas ask for", () => {
  it.each([1, 10, 50])(
    "is within the quota of a model server with %i, and one more while they roll",
    (replicas) => {
      const { cpu, memory, pods } = servingQuota(replicas);
      // components/kubernetes/serving.ts, and beside it the monitor and a landing.
      expect(cpu).toBeGreaterThanOrEqual((replicas + 1) * 0.25 + 0.25 + 0.5);
      expect(memory).toBeGreaterThanOrEqual((replicas + 1) * 0.75 + 1 + gibibytes(landingSize.memory));
      expect(pods).toBeGreaterThan(replicas + 1);
    },
  );

  it.each([1, 10, 50])("is within the quota with a challenger beside each of %i", (replicas) => {
    const { memory } = servingQuota(replicas, 1, true);
    expect(memory).toBeGreaterThanOrEqual((replicas + 1) * 1.25 + 1 + gibibytes(landingSize.memory));
  });

  it.each([
    ["frugal", 1],
    ["standard", 3],
    ["full", 5],
  ] as const)(
    "is within the quota of data in profile %s with %i of PostgreSQL, twice",
    (profile, instances) => {
      const quota = dataQuota(profile, instances);
      expect(quota.memory).toBeGreaterThan(2 * instances * gibibytes(databaseSizes[profile].memory) + 1.25);
      expect(quota.volumes).toBeGreaterThan(2 * instances);
    },
  );
});

describe("jobs at once", () => {
  it.each([
    ["frugal", "dev-release", 1],
    ["full", "dev-release", 1],
    ["frugal", "dev-bank-churn-ci", 2],
    ["standard", "dev-bank-churn-ci", 4],
    ["full", "dev-bank-churn-ci", 24],
  ] as const)("of profile %s in %s are %i, and fit into its quota with one that ends", async (...row) => {
    const [profile, namespace, expected] = row;
    const { quota, beside, job, concurrent } = await memoryOf(profile, namespace);
    expect(concurrent).toBe(expected);
    expect(beside).toBe(namespace === "dev-release" ? 0.25 : 8.25);
    expect(beside + (concurrent + 1) * job).toBeLessThanOrEqual(quota);
  });
});
