import { namespaces } from "../naming";

/** An alert: what it says, after how long, and how bad it is. */
interface Alert {
  readonly name: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
}

/**
 * What kube-state-metrics shows of the platform's pods, and what model servers show of themselves. MLflow's own path of
 * metrics wants a token of a person or a job, which Prometheus has not.
 */
export function workloadAlerts(environment: string, useCases: readonly string[]) {
  const { platform, data, useCase } = namespaces(environment);
  const serving = useCases.map(useCase).join("|");
  return [
    trackingDown(platform),
    ...servingAlerts(serving),
    ...modelAlerts(`namespace=~"${serving}"`),
    containerRestarts([platform, data, serving].join("|")),
    ...monitorAlerts(serving),
  ].map(rule);
}

const trackingDown = (platform: string): Alert => ({
  name: "EcluseTrackingDown",
  expr: `kube_deployment_status_replicas_available{namespace="${platform}",deployment="tracking"} == 0`,
  for: "5m",
  severity: "critical",
  summary: "No tracking server answers: jobs fail, and no model can be released.",
});

const servingAlerts = (serving: string): Alert[] => [
  {
    name: "EcluseServingDown",
    expr: `kube_deployment_status_replicas_available{namespace=~"${serving}",deployment="serve"} == 0`,
    for: "2m",
    severity: "critical",
    summary: "No model server of {{ $labels.namespace }} answers.",
  },
  {
    name: "EcluseServingDegraded",
    expr: `kube_deployment_status_replicas_unavailable{namespace=~"${serving}",deployment="serve"} > 0`,
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.namespace }} has fewer model servers than it asks for.",
  },
];

/** What model servers show of themselves (`python/ecluse_serving/metrics.py`), by namespace and so by use case. */
function modelAlerts(here: string): Alert[] {
  const answered = (more = "") =>
    `sum by (namespace) (rate(ecluse_serving_requests_total{${here}${more}}[10m]))`;
  const seconds = `rate(ecluse_serving_request_seconds_bucket{${here},path="/score"}[10m])`;
  return [
    {
      name: "EcluseServingErrors",
      expr: `${answered(',status=~"5.."')} / ${answered()} > 0.02`,
      for: "10m",
      severity: "critical",
      summary:
        "Of the requests to the model server of {{ $labels.namespace }} more than 2 % are its own errors.",
    },
    {
      name: "EcluseServingSlow",
      expr: `histogram_quantile(0.99, sum by (namespace, le) (${seconds})) > 2.5`,
      for: "15m",
      severity: "warning",
      summary: "One of a hundred requests for scores of {{ $labels.namespace }} takes more than 2.5 seconds.",
    },
    {
      name: "EcluseChampionRefused",
      // Before the first release there is no champion, and nothing to repair.
      expr: `ecluse_serving_reload_refused{${here}} == 1 and on (namespace, pod) ecluse_serving_champion_info`,
      for: "15m",
      severity: "warning",
      summary:
        "{{ $labels.namespace }}/{{ $labels.pod }} cannot load the champion, or ask who it is; the former one serves.",
    },
    {
      name: "EclusePredictionsWait",
      // A quarter of what the server's disk takes before it refuses requests (`journal.py`).
      expr: `ecluse_serving_waiting_bytes{${here}} > 67108864`,
      for: "5m",
      severity: "critical",
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} cannot bring its predictions to the store.",
    },
  ];
}

const containerRestarts = (all: string): Alert => ({
  name: "EcluseContainerRestarts",
  expr: `increase(kube_pod_container_status_restarts_total{namespace=~"${all}"}[1h]) > 3`,
  for: "0m",
  severity: "warning",
  summary: "{{ $labels.namespace }}/{{ $labels.pod }} starts over and over.",
});

function monitorAlerts(serving: string): Alert[] {
  const monitored = `namespace=~"${serving}",cronjob="monitor"`;
  const succeeded = `kube_cronjob_status_last_successful_time{${monitored}}`;
  return [
    {
      name: "EcluseMonitorOverdue",
      // One day and two hours: a run that failed, and one that never started, look the same from here.
      expr: `time() - max by (namespace) (${succeeded}) > 93600`,
      for: "10m",
      severity: "warning",
      summary:
        "The drift monitor of {{ $labels.namespace }} has not succeeded for a day: findings, or a failure.",
    },
    {
      name: "EcluseMonitorNeverRan",
      expr: `time() - kube_cronjob_created{${monitored}} > 93600 unless on (namespace) ${succeeded}`,
      for: "10m",
      severity: "warning",
      summary: "The drift monitor of {{ $labels.namespace }} has never succeeded.",
    },
  ];
}

/** What CloudNativePG's exporter shows of PostgreSQL. */
export function databaseAlerts(data: string) {
  const here = `namespace="${data}"`;
  return [databaseDown(here), ...backupAlerts(here), replicaLags(here)].map(rule);
}

const databaseDown = (here: string): Alert => ({
  name: "EcluseDatabaseDown",
  expr: `absent(cnpg_collector_up{${here}}) == 1 or cnpg_collector_up{${here}} == 0`,
  for: "5m",
  severity: "critical",
  summary: "PostgreSQL does not answer.",
});

const replicaLags = (here: string): Alert => ({
  name: "EcluseDatabaseReplicaLags",
  expr: `max(cnpg_pg_replication_lag{${here}}) > 300`,
  for: "10m",
  severity: "warning",
  summary: "A stand-by of PostgreSQL is five minutes behind.",
});

function backupAlerts(here: string): Alert[] {
  const time = (of: "failed" | "archived") => `cnpg_pg_stat_archiver_last_${of}_time{${here}}`;
  return [
    {
      name: "EcluseDatabaseArchivingFails",
      expr: `(${time("failed")} - ${time("archived")}) > 1`,
      for: "15m",
      severity: "critical",
      summary: "The log of PostgreSQL reaches no backup: what is written now could not be restored.",
    },
    {
      name: "EcluseDatabaseBackupOld",
      expr: `time() - max(cnpg_collector_last_available_backup_timestamp{${here}}) > 172800`,
      for: "15m",
      severity: "critical",
      summary: "The last backup of PostgreSQL is older than two days.",
    },
  ];
}

const rule = ({ name, expr, for: duration, severity, summary }: Alert) => ({
  alert: name,
  expr,
  for: duration,
  labels: { severity },
  annotations: { summary },
});
