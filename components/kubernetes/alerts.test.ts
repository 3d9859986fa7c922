import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../local/home";
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
      "EcluseServingErrors",
      "EcluseServingSlow",
      "EcluseChampionRefused",
      "EclusePredictionsWait",
      "EcluseContainerRestarts",
      "EcluseMonitorOverdue",
      "EcluseMonitorNeverRan",
    ]);
    expect(rules[0]).toMatchObject({
      expr: 'kube_deployment_status_replicas_available{namespace="dev-platform",deployment="tracking"} == 0',
      labels: { severity: "critical" },
    });
    expect(rules[8]?.expr).toContain('namespace=~"dev-bank-churn",cronjob="monitor"');
  });

  it("ask CloudNativePG's exporter too, on a team's own cluster", async () => {
    const rules = await rulesOf(onPremiseTestSettings());
    const database = rules.slice(10);
    expect(database.map(({ alert }) => alert)).toEqual([
      "EcluseDatabaseDown",
      "EcluseDatabaseArchivingFails",
      "EcluseDatabaseBackupOld",
      "EcluseDatabaseReplicaLags",
    ]);
    for (const { expr } of database) expect(expr).toContain('namespace="dev-data"');
  });

  it("read nothing that no exporter writes", async () => {
    const server = readFileSync(join(projectRoot, "python/ecluse_serving/metrics.py"), "utf8");
    const own = [...server.matchAll(/"(ecluse_serving_\w+)"/g)].map(([, name]) => name);
    const isOwn = (metric: string) => own.includes(metric.replace(/_(total|bucket|info)$/, ""));
    const known =
      /^(kube_deployment_status_replicas_(un)?available|kube_pod_container_status_restarts_total|kube_cronjob_(created|status_last_successful_time)|cnpg_(collector_up|collector_last_available_backup_timestamp|pg_replication_lag|pg_stat_archiver_last_(failed|archived)_time))$/;
    const metrics = (await rulesOf(onPremiseTestSettings())).flatMap(
      ({ expr }) => expr.match(/\b\w+(?=\{)/g) ?? [],
    );
    expect(metrics.filter((metric) => !known.test(metric) && !isOwn(metric))).toEqual([]);
    expect(metrics.length).toBeGreaterThan(15);
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
