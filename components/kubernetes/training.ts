import * as batch from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import { trainingVariables } from "../processes/training";
import { within } from "../scope";
import { variables } from "./access";
import type { ClusterStore, Pod, PodAccess, PodScope } from "./foundation";
import type { Size } from "./pod";
import { podsOf, trackingAccess, trackingAddress, trackingTokenFile } from "./pods";
import { isolatedPod, metadata } from "./workload";

const day = 86_400;

/** What the training of a use case is made from. */
export interface TrainingArgs {
  readonly environment: string;
  readonly useCase: string;
  readonly scope: PodScope;
  /** The platform's image `python-base`, in whose place each Job puts the one of its commit. */
  readonly image: pulumi.Input<string>;
  readonly store: ClusterStore;
  readonly size: Size;
}

/**
 * The template of a use case's full training, for what is too large for a runner's job. A job of the pipeline makes the
 * run, and says by which command a Job begins from here, with the image of its commit and the run's id (`python -m
 * ecluse train --in-pod`). Suspended, it never starts by itself.
 */
export class Training extends pulumi.ComponentResource {
  /** The ServiceAccount that training runs as; the jobs of the use case's runner share it. */
  readonly job: Pod & { readonly role: "train"; readonly useCase: string };
  /** What training needs: a token for the tracking server, and to read data. */
  readonly access: readonly PodAccess[];

  constructor(name: string, args: TrainingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:Training", name, {}, opts);
    this.job = { ...podsOf(args.environment).train(args.useCase), name };
    const scope = within(args.scope, this);
    this.access = [
      trackingAccess(scope, args.environment, this.job, day),
      variables({ ECLUSE_TRACKING_TOKEN_FILE: trackingTokenFile }),
      args.store.access(this.job, "data", "read"),
    ];
    template(scope, this.job, args, this.access);
    this.registerOutputs({});
  }
}

/**
 * Trains in a copy of the image's code, as a job does in a checkout. The token lives as long as the Job may: MLflow's
 * client takes one by its environment only, so not by an argument.
 */
const command = [
  "/bin/sh",
  "-ec",
  [
    `: "\${MLFLOW_RUN_ID:?is not set: python -m ecluse train --in-pod, a job of the pipeline, makes a run}"`,
    `cp -R "\${ECLUSE_CODE:?is not set: put the image of the commit in the place of the base image}/." .`,
    `export MLFLOW_TRACKING_TOKEN="$(cat "$ECLUSE_TRACKING_TOKEN_FILE")"`,
    "python -m ecluse train",
    `PYTHONPATH="$ECLUSE_PLATFORM/python" exec python -m ecluse_monitor baseline`,
  ].join("\n"),
];

function template(scope: PodScope, pod: Pod, args: TrainingArgs, access: readonly PodAccess[]): void {
  const { environment, useCase, image, store, size } = args;
  const made = isolatedPod(scope, pod, {
    image,
    command,
    env: trainingVariables({
      environment,
      useCase,
      trackingUrl: trackingAddress(scope, environment),
      dataUrl: store.url("data"),
    }),
    size,
    // Training writes its results beside it.
    workingDir: "/tmp",
    access,
  });
  const times = { backoffLimit: 0, activeDeadlineSeconds: day, ttlSecondsAfterFinished: day };
  const spec = {
    schedule: "0 0 1 1 *",
    timeZone: "Etc/UTC",
    suspend: true,
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 300,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
    jobTemplate: { spec: { template: made.template, ...times } },
  };
  new batch.CronJob(pod.name, { metadata: metadata(pod), spec }, made.options);
}
