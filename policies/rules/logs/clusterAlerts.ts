import { UNKNOWN, type Value } from "../../../protocol/properties";
import { is } from "../../conditions";
import type { Context } from "../../context";
import { has, judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, StackRule } from "../../rule";
import { besides } from "../../selectors";
import type { Stack } from "../../stack";
import { items, read, shown, text } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, open, pass } from "../../verdict";
import { driftMonitor, modelServer, type Role, trackingServer, workloads } from "../../workloads";
import { clusterType } from "../cloudnativepg/stores";

const soon = {
  id: "LOG-06",
  parameters: {
    minutes: {
      type: "number",
      description: "Minutes after which a cluster's alert fires, at most.",
      default: 60,
    },
  },
} as const;

/** Something that an alert must watch, by a metric whose labels name what is watched. */
interface Watch {
  readonly metric: RegExp;
  /** The label that has the object's name; the namespace is in `namespace`. */
  readonly label?: string;
  readonly missing: string;
}

const server: Watch = {
  metric: /\bkube_deployment_status_replicas_available\b/,
  label: "deployment",
  missing: "no alert on kube_deployment_status_replicas_available says that it is down",
};
const monitor: Watch = {
  metric: /\bkube_cronjob_status_last_successful_time\b/,
  label: "cronjob",
  missing: "no alert on kube_cronjob_status_last_successful_time says that it is overdue",
};
const database: readonly Watch[] = [
  { metric: /\bcnpg_collector_up\b/, missing: "no alert on cnpg_collector_up says that it is down" },
  {
    metric: /\bcnpg_collector_last_available_backup_timestamp\b/,
    missing: "no alert on cnpg_collector_last_available_backup_timestamp says that its backup is old",
  },
  {
    metric: /\bcnpg_pg_stat_archiver_last_failed_time\b/,
    missing: "no alert on cnpg_pg_stat_archiver_last_failed_time says that its log reaches no backup",
  },
];

/** The alerts of a stack's rules; UNKNOWN for those that are not known yet. */
const alertsOf = (stack: Stack): readonly Value[] =>
  stack
    .of("kubernetes:monitoring.coreos.com/v1:PrometheusRule")
    .flatMap(({ inputs }) => items(inputs, "spec.groups") ?? [UNKNOWN])
    .flatMap((group) => (group === UNKNOWN ? [UNKNOWN] : (items(group, "rules") ?? [UNKNOWN])))
    .map((rule) => (read(rule, "expr") === UNKNOWN ? UNKNOWN : rule))
    .filter((rule) => rule === UNKNOWN || read(rule, "alert") !== undefined);

function agrees(sign: string, wanted: string, value: string): boolean {
  if (!sign.endsWith("~")) return (wanted === value) === (sign === "=");
  try {
    return new RegExp(`^(?:${wanted})$`).test(value) === (sign === "=~");
  } catch {
    return false;
  }
}

/** Whether an expression of Prometheus reads series of which a label has a value; one that it does not name has any. */
function reads(expression: string, label: string, value: string): boolean {
  const named = [...expression.matchAll(new RegExp(`\\b${label}(=~|!~|!=|=)"([^"]*)"`, "g"))];
  return named.length === 0 || named.some(([, sign = "", wanted = ""]) => agrees(sign, wanted, value));
}

function isAbout(alert: Value, { metric, label }: Watch, { inputs }: Resource): boolean {
  const expression = text(alert, "expr") ?? "";
  const name = text(inputs, "metadata.name") ?? "";
  return (
    metric.test(expression) &&
    reads(expression, "namespace", text(inputs, "metadata.namespace") ?? "default") &&
    (label === undefined || reads(expression, label, name))
  );
}

const inMinutes: Readonly<Record<string, number>> = {
  s: 1 / 60,
  m: 1,
  h: 60,
  d: 1440,
  w: 10_080,
  y: 525_600,
};

/** Minutes of a duration as Prometheus writes it, such as `1h30m`. */
const minutesOf = (duration: string) =>
  [...duration.matchAll(/(\d+)([smhdwy])/g)].reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (inMinutes[unit] ?? 0),
    0,
  );

function firesSoon(alert: Value, most: number): Judged {
  const wait = read(alert, "for");
  if (wait === UNKNOWN) return open("when an alert fires is not known yet");
  return minutesOf(String(wait ?? "0s")) <= most
    ? pass
    : fail(`for of ${shown(read(alert, "alert"))} is ${shown(wait)}, and must be at most ${most}m`);
}

/** Whether an alert says that something is wrong with an object. */
function watched(alerts: readonly Value[], watch: Watch, object: Resource, context: Context): Judged {
  const most = context.parameter<number>(soon, "minutes");
  const meant = alerts.filter((alert) => alert === UNKNOWN || isAbout(alert, watch, object));
  const found = meant.map((alert) =>
    alert === UNKNOWN ? open("the alerts are not known yet") : firesSoon(alert, most),
  );
  return anyVerdict(found, found.length === 0 ? watch.missing : undefined);
}

/** Prometheus reads what PostgreSQL says of itself: without that most alerts on it never fire. */
function metricsRead(stack: Stack, cluster: Resource, context: Context): Judged {
  const name = read(cluster.inputs, "metadata.name") ?? "";
  const podMonitor = has(stack, context, cluster, {
    type: "kubernetes:monitoring.coreos.com/v1:PodMonitor",
    relation: besides,
    check: is("spec.selector.matchLabels.[cnpg.io/cluster]", name),
    missing: "no PodMonitor of its namespace selects its pods by cnpg.io/cluster",
  });
  return anyVerdict([judged(is("spec.monitoring.enablePodMonitor", true), cluster, context), podMonitor]);
}

const inCluster = (role: Role): Role => ({
  ...role,
  types: role.types.filter((type) => type.startsWith("kubernetes:") && !type.endsWith(":Job")),
});

function* clusterWatched(stack: Stack, context: Context): Iterable<Finding> {
  // In Azure its own alerts count, by LOG-05.
  if (stack.of("azure-native:resources:ResourceGroup").length > 0) return;
  const alerts = alertsOf(stack);
  const of = (watch: Watch, object: Resource) => watched(alerts, watch, object, context);
  for (const [role, watch] of [
    [trackingServer, server],
    [modelServer, server],
    [driftMonitor, monitor],
  ] as const)
    for (const object of workloads(stack, inCluster(role), context))
      yield { urn: object.urn, ...of(watch, object) };
  for (const cluster of stack.of(clusterType)) {
    const found = [...database.map((watch) => of(watch, cluster)), metricsRead(stack, cluster, context)];
    yield { urn: cluster.urn, ...allVerdicts(found) };
  }
}

/** A rule on the alerts of a team's own cluster. */
export const clusterAlertRules: readonly StackRule[] = [
  {
    ...soon,
    name: "cluster-watched",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description:
      "On a team's own cluster alerts watch each server, each drift monitor, and PostgreSQL with its backups.",
    remediation:
      "Set ecluse:cluster.prometheus to true, and keep the alerts of components/kubernetes/alertRules.ts.",
    deviation:
      "The catalogue has alerts of Azure only. Receivers are in the cluster's own " +
      "Alertmanager, which is in no plan.",
    check: clusterWatched,
  },
];
