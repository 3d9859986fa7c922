import { describe, expect, it } from "vitest";
import type { EnvironmentSettings } from "../settings";
import { fakeFoundation, only, record, testSettings } from "./fixture";
import { clusterEnvironment } from "./fixtureWorkloads";
import { onPremiseTestSettings } from "./onpremiseFixture";

const recordOn = (settings: EnvironmentSettings) =>
  record((options) => clusterEnvironment(fakeFoundation(options, settings), settings).alerts());

const { cluster } = testSettings();
const onAzure = testSettings({ cluster: { ...cluster, prometheus: true } as never });

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
}

async function rulesOf(settings: EnvironmentSettings): Promise<Rule[]> {
  const { inputs } = only(await recordOn(settings), "PrometheusRule", "ecluse");
  return inputs.spec.groups.flatMap(({ rules }: { rules: Rule[] }) => rules);
}

describe("alerts", () => {
  it("ask kube-state-metrics for the environment's own workloads", async () => {
    const rules = await rulesOf(onAzure);
    expect(rules.map(({ alert }) => alert)).toEqual([
      "EcluseTrackingDown",
      "EcluseServingDown",
      "EcluseServingDegraded",
      "EcluseContainerRestarts",
      "EcluseMonitorOverdue",
      "EcluseMonitorNeverRan",
    ]);
    expect(rules[0]).toMatchObject({
      expr: 'kube_deployment_status_replicas_available{namespace="dev-platform",deployment="tracking"} == 0',
      labels: { severity: "critical" },
    });
    expect(rules[4]?.expr).toContain('namespace=~"dev-bank-churn",cronjob="monitor"');
  });

  it("ask CloudNativePG's exporter too, on a team's own cluster", async () => {
    const rules = await rulesOf(onPremiseTestSettings());
    expect(rules.slice(6).map(({ alert }) => alert)).toEqual([
      "EcluseDatabaseDown",
      "EcluseDatabaseArchivingFails",
      "EcluseDatabaseBackupOld",
      "EcluseDatabaseReplicaLags",
    ]);
    for (const { expr } of rules.slice(6)) expect(expr).toContain('namespace="dev-data"');
  });

  it("read nothing that no exporter writes", async () => {
    const known =
      /^(kube_deployment_status_replicas_(un)?available|kube_pod_container_status_restarts_total|kube_cronjob_(created|status_last_successful_time)|cnpg_(collector_up|collector_last_available_backup_timestamp|pg_replication_lag|pg_stat_archiver_last_(failed|archived)_time))$/;
    const metrics = (await rulesOf(onPremiseTestSettings())).flatMap(
      ({ expr }) => expr.match(/\b\w+(?=\{)/g) ?? [],
    );
    expect(metrics.filter((metric) => !known.test(metric))).toEqual([]);
    expect(metrics.length).toBeGreaterThan(10);
  });
});

it("reads PostgreSQL's own pods, on a team's own cluster only", async () => {
  const monitor = only(await recordOn(onPremiseTestSettings()), "PodMonitor", "database").inputs;
  expect(monitor.metadata.namespace).toBe("dev-data");
  expect(monitor.spec).toEqual({
    selector: { matchLabels: { "cnpg.io/cluster": "database" } },
    podMetricsEndpoints: [{ port: "metrics" }],
  });
  expect((await recordOn(onAzure)).map(({ type }) => type.split(":").at(-1))).toEqual(["PrometheusRule"]);
});

it("makes nothing where the cluster has no Prometheus", async () => {
  expect(await recordOn(testSettings())).toEqual([]);
});
