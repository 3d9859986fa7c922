import { UNKNOWN, type Value } from "../../../protocol/properties";
import { allOf, anyOf, atLeast, every, given, matches, unset } from "../../conditions";
import type { Condition, ResourceRule, RuleText } from "../../rule";
import { read } from "../../values";
import { fail, open, passOn } from "../../verdict";

const cap = {
  id: "LOG-07",
  parameters: {
    gigabytes: { type: "number", description: "A day's logs outside of production, at least.", default: 1 },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const capped = "workspaceCapping.dailyQuotaGb";
const enough: Condition = (at, context) =>
  context.production
    ? unset(capped)(at, context)
    : anyOf(
        unset(capped),
        given(cap, "gigabytes", (least: number) => atLeast(capped, least)),
      )(at, context);

/** What a metric that is alerted on may come to at most before it is; `least`: at least. */
const bounds: Readonly<Record<string, { readonly most?: number; readonly least?: number }>> = {
  Availability: { least: 95 },
  cpu_percent: { most: 95 },
  storage_percent: { most: 90 },
  connections_failed: { most: 100 },
  node_cpu_usage_percentage: { most: 95 },
  node_memory_working_set_percentage: { most: 95 },
  kube_node_status_condition: { most: 0 },
};

/** The alert's threshold is one that the metric reaches before it is too late. */
const fires: Condition = ({ value }) => {
  const [metric, threshold, operator] = ["metricName", "threshold", "operator"].map((key) =>
    read(value, key),
  );
  if ([metric, threshold, operator].includes(UNKNOWN as Value)) return open("the threshold is not known yet");
  const bound = bounds[String(metric)];
  if (!bound)
    return fail(`nobody here has said when ${metric} is too much: add it to policies/rules/logs/limits.ts`);
  const { least, most } = bound;
  const held =
    least !== undefined
      ? /^LessThan/.test(String(operator)) && Number(threshold) >= least
      : /^GreaterThan/.test(String(operator)) && Number(threshold) <= (most ?? 0);
  return held
    ? passOn(() => `${metric} alerts at ${threshold}`)
    : fail(`${metric} ${operator} ${threshold} never fires in time: the bound is ${least ?? most}`);
};

const withinHour = /^PT([1-9]M|[1-5]\dM|60M|1H)$/;

/** Rules on logs and alerts that are there, and say nothing. */
export const logLimitRules: readonly ResourceRule[] = [
  {
    ...cap,
    name: "logs-not-cut-off",
    scope: "resource",
    severity: "medium",
    environments: "all",
    types: ["azure-native:operationalinsights:Workspace"],
    description: "No daily cap cuts off production's logs, and elsewhere there is room for a day's.",
    remediation:
      "Leave workspaceCapping out in production, and at 1 elsewhere (components/azure/monitoring.ts).",
    check: enough,
  },
  {
    id: "LOG-08",
    name: "alerts-fire-in-time",
    scope: "resource",
    severity: "medium",
    environments: "all",
    types: ["azure-native:monitor:MetricAlert"],
    description: "The threshold of a metric's alert is one that it reaches before somebody else notices.",
    remediation: "Set threshold and operator as components/azure/alerts.ts has them.",
    check: allOf(
      matches("windowSize", withinHour, "an hour at most"),
      matches("evaluationFrequency", withinHour, "an hour at most"),
      every("criteria.allOf", fires),
    ),
  },
];
