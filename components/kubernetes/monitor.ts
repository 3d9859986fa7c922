import * as batch from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Schedule, ScheduleArgs } from "../contracts";
import { namespaces, projectPath } from "../naming";
import { logicalName } from "./account";
import { trackingAccess } from "./client";
import type { Foundation, Pod, PodAccess } from "./foundation";
import { monitorThresholds } from "./thresholds";
import { isolatedPod, metadata } from "./workload";

const command = ["python", "-m", "ecluse_monitor", "check"];

/** What the monitor found, by its exit code: a second run would find the same. */
const findings = [10, 20, 30, 40];

/** The API token by which the monitor writes issues, as a file. */
function forgeToken(secretName: string): PodAccess {
  const mountPath = "/var/run/ecluse/forge";
  const items = [{ key: "token", path: "token" }];
  return {
    env: [{ name: "ECLUSE_FORGE_TOKEN_FILE", value: `${mountPath}/token` }],
    volumes: [{ name: "token-forge", secret: { secretName, items, defaultMode: 0o440 } }],
    mounts: [{ name: "token-forge", mountPath, readOnly: true }],
    egress: [],
    dependsOn: [],
  };
}

/** The forge that gets the issues; without a token for it the monitor reports to the blob store only. */
function forgeEnvironment(
  { cluster }: Foundation,
  { useCase, forge }: ScheduleArgs,
): Record<string, pulumi.Input<string>> {
  if (!forge || !cluster.forgeTokenSecret) return {};
  return {
    ECLUSE_FORGE_URL: forge.issuer,
    ECLUSE_PROJECT_ID: forge.projectIds.apply((ids) => ids[projectPath(useCase.name)] as string),
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
    ...forgeEnvironment(foundation, args),
  };
}

/** What the monitor judges by and where it tells, for those who read the object, as policies do. */
const declared = (name: string, forge: boolean) => ({
  "ecluse.local/reference": `models:/${name}@champion monitor/baseline.json`,
  "ecluse.local/thresholds": JSON.stringify(monitorThresholds(name)),
  "ecluse.local/alert-route": forge ? "forge-issue" : "reports",
});

function monitorJob(foundation: Foundation, pod: Pod, args: ScheduleArgs): Schedule {
  const { settings, cluster, store } = foundation;
  const env = environment(foundation, args);
  const told = args.forge && cluster.forgeTokenSecret;
  const { template, options } = isolatedPod(foundation, pod, {
    image: foundation.image("monitor"),
    command,
    env,
    size: { cpu: "250m", memory: "1Gi", tmp: "1Gi" },
    access: [
      trackingAccess(settings.environment),
      store.access(pod, "inference", "rl"),
      store.access(pod, "reports", "rlcw"),
      ...(told ? [forgeToken(told)] : []),
    ],
    outside: told !== undefined,
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
      metadata: { ...metadata(pod), annotations: declared(args.useCase.name, told !== undefined) },
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
