import { longestGap } from "../../../components/settings/cron";
import { UNKNOWN, type Value } from "../../../protocol/properties";
import { anyOf } from "../../conditions";
import type { Context } from "../../context";
import { runs, startsByImage, variableOf } from "../../program";
import { judged } from "../../relations";
import type { Resource } from "../../resource";
import type { StackRule } from "../../rule";
import { Stack } from "../../stack";
import { items, read } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, open, pass } from "../../verdict";
import { driftMonitor, modelServer, monitorStart, onEach, workloads } from "../../workloads";

const often = {
  id: "ML-12",
  parameters: {
    hours: { type: "number", description: "Hours between two checks of a model, at most.", default: 24 },
  },
} as const;

/**
 * A monitor's use case and time, of a CronJob or of a job of the local scheduler, and whether it starts what checks.
 */
interface Watch {
  readonly starts: Judged;
  readonly useCase: Value | undefined;
  readonly cron: Value | undefined;
  readonly off: Value | undefined;
}

const parsed = (json: Value | undefined): Value | undefined => {
  try {
    return json === UNKNOWN || json === undefined ? json : (JSON.parse(String(json)) as Value);
  } catch {
    return undefined;
  }
};

const scheduler = { types: ["ecluse-local:index:Service"], is: runs(/\becluse_local\.scheduler\b/) };

/** Monitors that the scheduler of one machine starts; its settings are a secret, and known from the first update on. */
const scheduled = (stack: Stack, context: Context): Watch[] =>
  workloads(stack, scheduler, context).flatMap(({ inputs }): Watch[] => {
    const jobs = items(parsed(read(inputs, "secretEnv.ECLUSE_SCHEDULES")), "jobs");
    if (!jobs) return [{ starts: pass, useCase: UNKNOWN, cron: UNKNOWN, off: UNKNOWN }];
    return jobs.map((job) => ({
      starts: pass,
      useCase: read(job, "name"),
      cron: read(job, "cron"),
      off: false,
    }));
  });

const watchesOf = (stack: Stack, context: Context): readonly Watch[] => [
  ...workloads(stack, { ...driftMonitor, types: ["kubernetes:batch/v1:CronJob"] }, context).map(
    (monitor) => ({
      starts: judged(anyOf(runs(monitorStart), startsByImage), monitor, context),
      useCase: variableOf(monitor, "ECLUSE_USE_CASE"),
      cron: read(monitor.inputs, "spec.schedule"),
      off: read(monitor.inputs, "spec.suspend"),
    }),
  ),
  ...scheduled(stack, context),
];

function watches({ starts, useCase, cron, off }: Watch, wanted: Value | undefined, hours: number): Judged {
  if ([useCase, wanted].includes(UNKNOWN)) return open("the use case of a monitor is not known yet");
  if (useCase !== wanted) return fail("it is of another use case");
  return allVerdicts([starts, timely(cron, off, hours)]);
}

function timely(cron: Value | undefined, off: Value | undefined, hours: number): Judged {
  if (off === true) return fail("its monitor is suspended");
  if ([cron, off].includes(UNKNOWN)) return open("the schedule of its monitor is not known yet");
  const gap = longestGap(String(cron), "kubernetes");
  if (gap === undefined) return fail(`the schedule ${cron} of its monitor cannot be read`);
  return gap <= hours ? pass : fail(`its monitor leaves ${gap} hours between two checks, and may ${hours}`);
}

/** The GitLab that gets the monitor's findings as issues, as its environment names it. */
function routed(monitor: Resource): Judged {
  const url = variableOf(monitor, "ECLUSE_FORGE_URL");
  if (url === UNKNOWN) return open("where the monitor writes issues is not known yet");
  return url ? pass : fail("its findings are written to reports alone, which reach nobody");
}

/** Alerts on a monitor that finds something, or does not run. */
const alerted = (stack: Stack): Judged => {
  const texts = stack
    .of("kubernetes:monitoring.coreos.com/v1:PrometheusRule")
    .flatMap(({ inputs }) => Stack.texts(inputs).map(([, text]) => text));
  return texts.some((text) => text.includes('cronjob="monitor"')) ? pass : fail("no PrometheusRule is on it");
};

/** Rules on whether a served model is monitored, and who gets its alerts. */
export const driftMonitorRules: readonly StackRule[] = [
  {
    ...often,
    name: "models-watched",
    scope: "stack",
    severity: "critical",
    environments: "production",
    description: "The predictions of every model that serves are checked, at least once a day.",
    remediation:
      "Name the use case in ecluse:useCases, and set ecluse:monitorCron to once a day or more often.",
    check: (stack, context) => {
      const all = watchesOf(stack, context);
      const hours = context.parameter<number>(often, "hours");
      return onEach(stack, modelServer, context, (server) => {
        const wanted = variableOf(server, "ECLUSE_USE_CASE");
        const own = all.filter(({ useCase }) => [useCase, wanted].includes(UNKNOWN) || useCase === wanted);
        return own.length === 0
          ? fail(`no monitor checks ${wanted}`)
          : anyVerdict(own.map((watch) => watches(watch, wanted, hours)));
      });
    },
  },
  {
    id: "ML-13",
    name: "drift-has-readers",
    scope: "stack",
    severity: "high",
    environments: "production",
    description: "What a monitor finds reaches people: as an issue, or by an alert on its runs.",
    remediation: "Set ecluse:forge, so that findings become issues, or ecluse:cluster.prometheus.",
    deviation:
      "Limits of drift are not judged: they are in the use case's monitor.yaml, which training logs with " +
      "each model, and in no stack.",
    check: (stack, context) =>
      onEach(stack, driftMonitor, context, (monitor: Resource) =>
        anyVerdict([routed(monitor), alerted(stack)]),
      ),
  },
];
