import * as batch from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import type { MonitorRun } from "../contracts";
import { alertSecrets, type MonitorProcess, monitorVariables } from "../processes/monitor";
import { within } from "../scope";
import { emptyAccess } from "./access";
import type { ClusterStore, Pod, PodAccess, PodScope, SecretStore } from "./foundation";
import { podsOf, trackingAccess, trackingTokenFile } from "./pods";
import { isolatedPod, metadata } from "./workload";

/** The project at a GitLab that gets the monitor's issues. */
export type IssueProject = NonNullable<MonitorProcess["issues"]> & {
  /** By which it writes issues; secret. */
  readonly token: pulumi.Output<string>;
};

/** What the drift monitor of a use case is made from. */
export interface DriftMonitorArgs extends MonitorProcess {
  readonly scope: PodScope;
  /** The platform's image `monitor`. */
  readonly image: pulumi.Input<string>;
  /** Five-field cron in UTC. */
  readonly cron: string;
  readonly store: ClusterStore;
  /** Keeps the token of `issues`, and knows the secrets of `alerts`. */
  readonly secrets: Pick<SecretStore, "file" | "existing">;
  /** How many pods judge a day together; one when not set. */
  readonly partitions?: number;
  /** Whether it may ask for a training because of an alert, which pipelines at its project look for. */
  readonly retrains: boolean;
  /** Undefined: reports are written to the blob store alone. */
  readonly issues?: IssueProject;
}

/** Compares each day's predictions of a use case with its champion's training data, as a CronJob. */
export class DriftMonitor extends pulumi.ComponentResource {
  /** Command and environment to run it by hand. */
  readonly run: MonitorRun;

  constructor(name: string, args: DriftMonitorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:DriftMonitor", name, {}, opts);
    const pod: Pod = { ...podsOf(args.environment).monitor(args.useCase), name };
    const env = environmentOf(args);
    const { template, options } = monitorPod(within(args.scope, this), pod, args, env);
    const spec = schedule(args.cron, template, pod.role, args.partitions);
    new batch.CronJob(name, { metadata: metadata(pod), spec }, options);
    this.run = { command: pulumi.output(command), env: pulumi.secret(pulumi.all(env)) };
    this.registerOutputs({});
  }
}

const command = ["python", "-m", "ecluse_monitor", "check"];

/** Each pod counts a part of the day, and the last of them judges the whole. */
const partOf = (partitions: number) => [
  ...command,
  "--partitions",
  String(partitions),
  "--partition",
  "$(JOB_COMPLETION_INDEX)",
];

/** What the pods of one Job have in common, so that what an earlier one counted is not taken for this one's. */
const runName = (partitions: number): PodAccess => {
  const fieldRef = { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" };
  const env = [{ name: "ECLUSE_RUN", valueFrom: { fieldRef } }];
  return partitions > 1 ? { ...emptyAccess, env } : emptyAccess;
};

/** The monitor's exit codes for what it found: a second run would find the same. */
const findings = [10, 20, 30, 40];

const tokenFolder = "/var/run/ecluse/forge";

const environmentOf = (args: DriftMonitorArgs): Record<string, pulumi.Input<string>> => ({
  ...monitorVariables(args, {
    inferenceUrl: args.store.url("inference"),
    reportsUrl: args.store.url("reports"),
    tokenFile: trackingTokenFile,
    issuesTokenFile: `${tokenFolder}/token`,
    asksRetraining: args.retrains,
  }),
});

function monitorPod(
  scope: PodScope,
  pod: Pod,
  { image, environment, store, secrets, issues, alerts, partitions = 1 }: DriftMonitorArgs,
  env: Record<string, pulumi.Input<string>>,
) {
  const places = alertSecrets(alerts);
  return isolatedPod(scope, pod, {
    image,
    command: partitions > 1 ? partOf(partitions) : command,
    env,
    size: { cpu: "250m", memory: "1Gi", tmp: "1Gi" },
    access: [
      trackingAccess(scope, environment, pod),
      store.access(pod, "inference", "read"),
      store.access(pod, "reports", "read-write"),
      runName(partitions),
      ...(issues ? [secrets.file(pod, tokenFolder, issues.token)] : []),
      ...places.map(({ variable, reference }) => secrets.existing(pod, variable, reference)),
    ],
    allowExternalEgress: issues !== undefined || places.length > 0,
  });
}

function schedule(
  cron: string,
  template: ReturnType<typeof monitorPod>["template"],
  containerName: string,
  partitions = 1,
) {
  const onExitCodes = { containerName, operator: "In", values: findings };
  const together = { completionMode: "Indexed", completions: partitions, parallelism: partitions };
  const job = {
    template,
    ...(partitions > 1 && together),
    backoffLimit: 2,
    activeDeadlineSeconds: 1800,
    ttlSecondsAfterFinished: 604_800,
    podFailurePolicy: { rules: [{ action: "FailJob", onExitCodes }] },
  };
  return {
    schedule: cron,
    timeZone: "Etc/UTC",
    suspend: false,
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 3600,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 5,
    jobTemplate: { spec: job },
  };
}
