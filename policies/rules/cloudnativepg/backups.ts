import type { EnvironmentSettings, KubernetesSettings } from "../../../components/settings";
import { longestGap } from "../../../components/settings/cron";
import { UNKNOWN, type Value } from "../../../protocol/properties";
import { allOf, given, holds, is, isNot, matches, matchesNot } from "../../conditions";
import type { Context } from "../../context";
import { has, narrowed } from "../../relations";
import type { Resource } from "../../resource";
import type { Condition, Finding, Rule } from "../../rule";
import { besides } from "../../selectors";
import type { Stack } from "../../stack";
import { items, read, shown } from "../../values";
import { fail, type Judged, open, pass, passOn } from "../../verdict";
import { clusterType, inStores, objectStoreType, storeTypes } from "./stores";

const plugin = "barman-cloud.cloudnative-pg.io";

const kept = {
  id: "CNPG-07",
  parameters: {
    days: {
      type: "number",
      description: "Days for which production's backups are kept at least.",
      default: 14,
    },
    otherDays: { type: "number", description: "The same elsewhere.", default: 7 },
  },
} as const;

const often = {
  id: "CNPG-08",
  parameters: {
    hours: { type: "number", description: "Hours between two backups, at most.", default: 24 },
  },
} as const;

/** The plugin that archives a cluster's log; UNKNOWN where that is not known yet. */
function archiver({ inputs }: Resource): Value | undefined {
  const plugins = items(inputs, "spec.plugins");
  const archives = (each: Value) =>
    read(each, "name") === plugin && read(each, "isWALArchiver") === true && read(each, "enabled") !== false;
  return plugins ? (plugins.find(archives) ?? plugins.find((each) => each === UNKNOWN)) : UNKNOWN;
}

/** How long backups of a cluster are kept, or why there is none. */
function retentionOf(stack: Stack, cluster: Resource): Value | Judged | undefined {
  const [native, byPlugin] = [read(cluster.inputs, "spec.backup.barmanObjectStore"), archiver(cluster)];
  if (native !== undefined)
    return native === UNKNOWN ? native : read(cluster.inputs, "spec.backup.retentionPolicy");
  if (byPlugin === undefined)
    return fail(
      "it archives nowhere: neither spec.backup.barmanObjectStore nor a plugin in spec.plugins is set",
    );
  const name = byPlugin === UNKNOWN ? UNKNOWN : read(byPlugin, "parameters.barmanObjectName");
  if (name === UNKNOWN) return UNKNOWN;
  const store = stack
    .of(objectStoreType)
    .find(
      (each) =>
        read(each.inputs, "metadata.name") === name && besides(stack, each, cluster).verdict !== "fail",
    );
  return store
    ? read(store.inputs, "spec.retentionPolicy")
    : fail(`its plugin names the ObjectStore ${shown(name)}, which is not in this stack`);
}

const isJudged = (value: Value | Judged | undefined): value is Judged =>
  typeof value === "object" && value !== null && "verdict" in value;

const unit: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30 };

function keptLong(retention: Value | undefined, least: number): Judged {
  if (retention === UNKNOWN) return open("how long backups are kept is not known yet");
  const [, count, of = ""] = /^(\d+)([dwm])$/.exec(String(retention)) ?? [];
  const saw = () => `retentionPolicy is ${shown(retention)}`;
  return Number(count) * (unit[of] ?? 0) >= least
    ? passOn(saw)
    : fail(`${saw()}, and must be at least ${least}d`);
}

function judgeKept(stack: Stack, cluster: Resource, context: Context): Judged {
  const retention = retentionOf(stack, cluster);
  const least = context.parameter<number>(kept, context.production ? "days" : "otherDays");
  return isJudged(retention) ? retention : keptLong(retention, least);
}

/** CloudNativePG writes six fields: seconds come first. */
const gapOf = (schedule: string) =>
  longestGap(schedule.trim().replace(/^(\S+\s+)(?=(\S+\s+){4}\S+$)/, ""), "kubernetes");

const timely: Condition = given(often, "hours", (hours: number) =>
  holds(
    "spec.schedule",
    (value) => (gapOf(String(value)) ?? Number.POSITIVE_INFINITY) <= hours,
    `six fields that come every ${hours} hours`,
  ),
);

/** A backup goes where the cluster archives its log: with any other way it could not be restored to a moment. */
function sameWay(cluster: Resource): Condition {
  if (read(cluster.inputs, "spec.backup.barmanObjectStore") !== undefined)
    return matchesNot("spec.method", /^(?!barmanObjectStore$)/, "barmanObjectStore, or left out");
  return allOf(is("spec.method", "plugin"), is("spec.pluginConfiguration.name", plugin));
}

const ofCluster = narrowed(besides, (_stack, schedule, { inputs }): Judged => {
  const [wanted, name] = [read(schedule.inputs, "spec.cluster.name"), read(inputs, "metadata.name")];
  if ([wanted, name].includes(UNKNOWN))
    return open(`which cluster ${schedule.name} backs up is not known yet`);
  return wanted === name ? pass : fail("it is of another cluster");
});

const judgeSchedule = (stack: Stack, cluster: Resource, context: Context): Judged =>
  has(stack, context, cluster, {
    type: "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
    relation: ofCluster,
    check: allOf(isNot("spec.suspend", true), timely, sameWay(cluster)),
    missing: "no ScheduledBackup of its namespace names it in spec.cluster.name",
  });

const onClusters = (judge: typeof judgeKept) =>
  function* (stack: Stack, context: Context): Iterable<Finding> {
    for (const cluster of stack.of(clusterType))
      yield { urn: cluster.urn, ...judge(stack, cluster, context) };
  };

const trimmed = (url: unknown) => String(url).replace(/\/+$/, "");

/** The place of a store is the one that the environment's file names. */
function atStore({ environment, kubernetes: { objectStore: store } }: OnPremise): Condition {
  if (store.kind === "deployed") {
    const inside = new RegExp(
      `^https?://[\\w-]+\\.${environment}-data\\.svc(\\.cluster\\.local)?(:\\d+)?/?$`,
    );
    return matches("endpointURL", inside, `in the namespace ${environment}-data`);
  }
  const own = trimmed(store.endpoint);
  if (store.kind === "s3") return holds("endpointURL", (value) => trimmed(value) === own, own);
  return holds("destinationPath", (value) => `${value}`.startsWith(`${own}/`), `at ${own}`);
}

type OnPremise = Pick<EnvironmentSettings, "environment"> & { readonly kubernetes: KubernetesSettings };

const ofOwnStore: Condition = (at, context) => {
  const { environment, kubernetes } = context.environment ?? {};
  if (!environment || !kubernetes) return open("no settings say where the environment's backups are");
  const { objectStore: store } = kubernetes;
  const bucket = `${store.kind === "deployed" ? environment : store.prefix}-backups`;
  return allOf(
    holds("destinationPath", (value) => String(value).split("/").includes(bucket), `in the bucket ${bucket}`),
    atStore({ environment, kubernetes }),
  )(at, context);
};

/** Rules on what of PostgreSQL in a cluster can be restored, and from where. */
export const clusterBackupRules: readonly Rule[] = [
  {
    ...kept,
    name: "backups-kept",
    scope: "stack",
    severity: "high",
    environments: "production",
    description: "PostgreSQL in a cluster archives to an object store, which keeps its backups long enough.",
    remediation:
      "Set ecluse:profile to standard or full (components/profiles.ts), and keep spec.backup as " +
      "components/kubernetes/postgresqlSpec.ts makes it.",
    check: onClusters(judgeKept),
  },
  {
    ...often,
    name: "backed-up-each-day",
    scope: "stack",
    severity: "high",
    environments: "production",
    description:
      "A ScheduledBackup that is not suspended backs PostgreSQL up each day, where it archives its log.",
    remediation: "Keep the ScheduledBackup of components/kubernetes/postgresql.ts as it is made there.",
    check: onClusters(judgeSchedule),
  },
  {
    id: "CNPG-09",
    name: "backups-by-tls",
    scope: "resource",
    types: storeTypes,
    severity: "high",
    environments: "all",
    description: "PostgreSQL's backups go to their object store by TLS.",
    remediation: "Begin ecluse:kubernetes.objectStore.endpoint with https://.",
    check: inStores(
      allOf(
        matchesNot("destinationPath", /^http:/i, "s3:// or https://"),
        matchesNot("endpointURL", /^(?!https:\/\/)/i, "an address of https"),
      ),
    ),
  },
  {
    id: "CNPG-10",
    name: "backups-of-own-environment",
    scope: "resource",
    types: storeTypes,
    severity: "critical",
    environments: "all",
    description: "PostgreSQL is backed up to its own environment's bucket, and recovered from no other.",
    remediation:
      "Set ecluse:kubernetes.objectStore.prefix to the environment's own; destinationPath comes from it " +
      "(components/kubernetes/existing.ts).",
    check: inStores(ofOwnStore),
  },
];
