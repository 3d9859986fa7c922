import * as batch from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Schedule, ScheduleArgs } from "../contracts";
import { namespaces, projectPath } from "../naming";
import { logicalName } from "./account";
import { trackingAccess } from "./client";
import type { Foundation, Pod } from "./foundation";
import { monitorThresholds } from "./thresholds";
import { isolatedPod, metadata } from "./workload";

const command = ["python", "-m", "ecluse_monitor", "check"];

/** What the monitor found, by its exit code: a second run would find the same. */
const findings = [10, 20, 30, 40];

const tokenFolder = "/var/run/ecluse/forge";

/** The forge that gets the issues. */
function forgeEnvironment({ useCase, forge }: ScheduleArgs): Record<string, pulumi.Input<string>> {
  if (!forge) return {};
  return {
    ECLUSE_FORGE_URL: forge.issuer,
    ECLUSE_PROJECT_ID: forge.projectIds.apply((ids) => ids[projectPath(useCase.name, forge.group)] as string),
    ECLUSE_FORGE_TOKEN_FILE: `${tokenFolder}/token`,
  };
}

function environment(foundation: Foundation, args: ScheduleArgs): Record<string, pulumi.Input<string>> {
  const { settings, store } = foundation;
  const { name } = args.useCase;
  return {
    ECLUSE_ENVIRONMENT: settings.environment,
    ECLUSE_USE_CASE: name,
    MLFLOW_TRACKING_URI: args.tracking.url,
    MLFLOW_WORKSPACE: name,
    ECLUSE_INFERENCE_URL: store.url("inference"),
    ECLUSE_REPORTS_URL: store.url("reports"),
  };
}

/** What the monitor judges by and where it tells, for those who read the object, as policies do. */
const declared = (name: string, forge: boolean) => ({
  "ecluse.local/reference": `models:/${name}@champion monitor/baseline.json`,
  "ecluse.local/thresholds": JSON.stringify(monitorThresholds(name)),
  "ecluse.local/alert-route": forge ? "forge-issue" : "reports",
});

function monitorJob(foundation: Foundation, pod: Pod, args: ScheduleArgs): Schedule {
  const { settings, store } = foundation;
  // Without one the monitor reports to the blob store only.
  const token = foundation.forge?.issueToken(args.useCase.name);
  const env = { ...environment(foundation, args), ...(token && forgeEnvironment(args)) };
  const { template, options } = isolatedPod(foundation, pod, {
    image: foundation.image("monitor"),
    command,
    env,
    size: { cpu: "250m", memory: "1Gi", tmp: "1Gi" },
    access: [
      trackingAccess(settings.environment),
      store.access(pod, "inference", "rl"),
      store.access(pod, "reports", "rlcw"),
      ...(token ? [foundation.tokenFile(pod, tokenFolder, token)] : []),
    ],
    outside: token !== undefined,
  });
  const onExitCodes = { containerName: pod.role, operator: "In", values: findings };
  const job = {
    template,
    backoffLimit: 2,
    activeDeadlineSeconds: 1800,
    ttlSecondsAfterFinished: 604_800,
    podFailurePolicy: { rules: [{ action: "FailJob", onExitCodes }] },
  };
  new batch.CronJob(
    logicalName(pod),
    {
      metadata: { ...metadata(pod), annotations: declared(args.useCase.name, token !== undefined) },
      spec: {
        schedule: args.cron,
        timeZone: "Etc/UTC",
        suspend: false,
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 5,
        jobTemplate: { spec: job },
      },
    },
    options,
  );
  return { command: pulumi.output(command), env: pulumi.secret(pulumi.all(env)) };
}

/** The monitor of each use case, as a CronJob of its own. */
export function clusterSchedules(
  foundation: Foundation,
  args: readonly ScheduleArgs[],
): Readonly<Record<string, Schedule>> {
  const of = namespaces(foundation.settings.environment);
  const schedules = args.map((schedule) => {
    const { name } = schedule.useCase;
    const pod: Pod = { role: "monitor", namespace: of.useCase(name), useCase: name };
    return [name, monitorJob(foundation, pod, schedule)] as const;
  });
  return Object.fromEntries(schedules);
}
