import * as batch from "@pulumi/kubernetes/batch/v1";
import { namespaces } from "../naming";
import type { UseCaseSettings } from "../settings";
import { logicalName } from "./account";
import { trackingAccess, trackingPod, trackingPort } from "./client";
import type { Foundation, Pod, PodAccess } from "./foundation";
import { trainingSize } from "./quotas";
import { useCaseRunner } from "./runner";
import { address, isolatedPod, metadata } from "./workload";

const day = 86_400;

/** Trains with a token that lives as long as the Job may: MLflow's client takes one by its environment only, so not by an argument. */
const command = (useCase: string) => [
  "/bin/sh",
  "-c",
  `export MLFLOW_TRACKING_TOKEN="$(cat "$ECLUSE_TRACKING_TOKEN_FILE")"; exec python -m ${useCase.replaceAll("-", "_")}.train`,
];

/** Where a use case is trained: a runner for its jobs at GitLab, and a template for what is too large for these. */
export function clusterTraining(foundation: Foundation, { name, gpu }: UseCaseSettings): void {
  const { settings, store } = foundation;
  const pod = { role: "train" as const, namespace: namespaces(settings.environment).ci(name), useCase: name };
  // Given once, for both run as one ServiceAccount.
  const access = [trackingAccess(settings.environment, day), store.access(pod, "data", "rl")];
  trainingTemplate(foundation, pod, access, gpu);
  useCaseRunner(foundation, pod, access);
}

/**
 * The template of a use case's full training, for what is too large for a runner's job: `kubectl create job NAME --from=cronjob/train`,
 * with the image of the use case's commit put in place of the base image. Suspended, it never starts by itself.
 */
function trainingTemplate(
  foundation: Foundation,
  pod: Pod & { readonly useCase: string },
  access: readonly PodAccess[],
  gpu: boolean,
): void {
  const { settings, store } = foundation;
  const { template, options } = isolatedPod(foundation, pod, {
    image: foundation.image("python-base"),
    command: command(pod.useCase),
    env: {
      ECLUSE_ENVIRONMENT: settings.environment,
      ECLUSE_USE_CASE: pod.useCase,
      ECLUSE_DATA_URL: store.url("data"),
      MLFLOW_TRACKING_URI: address(trackingPod(settings.environment), trackingPort),
      MLFLOW_WORKSPACE: pod.useCase,
    },
    size: { ...trainingSize, gpu },
    // Training writes its results beside it.
    workingDir: "/tmp",
    access,
  });
  const job = { template, backoffLimit: 0, activeDeadlineSeconds: day, ttlSecondsAfterFinished: day };
  new batch.CronJob(
    logicalName(pod),
    {
      metadata: metadata(pod),
      spec: {
        schedule: "0 0 1 1 *",
        timeZone: "Etc/UTC",
        suspend: true,
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 300,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: { spec: job },
      },
    },
    options,
  );
}
