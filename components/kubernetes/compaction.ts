import * as batch from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import { compactionCron, compactionVariables } from "../processes/compaction";
import { within } from "../scope";
import type { Governance } from "../settings";
import type { ClusterStore, Pod, PodScope } from "./foundation";
import { podsOf } from "./pods";
import { compactionSize } from "./quotas";
import { isolatedPod, metadata } from "./workload";

/** What the compaction of a use case's log is made from. */
export interface LogCompactionArgs {
  readonly environment: string;
  readonly useCase: string;
  readonly scope: PodScope;
  /** The platform's image `monitor`. */
  readonly image: pulumi.Input<string>;
  readonly store: ClusterStore;
  /** Says for how long predictions are kept. */
  readonly dataClassification: Governance["dataClassification"];
}

/**
 * Puts the small blobs of a use case's predictions together, as a CronJob. It alone may delete predictions, so it has a
 * pod and an identity of its own, which reach nothing but the store. The model server adds, and the monitor reads.
 */
export class LogCompaction extends pulumi.ComponentResource {
  constructor(name: string, args: LogCompactionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:LogCompaction", name, {}, opts);
    const { environment, useCase, image, store, dataClassification } = args;
    const pod: Pod = { ...podsOf(environment).compact(useCase), name };
    const { template, options } = isolatedPod(within(args.scope, this), pod, {
      image,
      command: ["python", "-m", "ecluse_monitor", "compact"],
      env: compactionVariables(useCase, dataClassification, store.url("inference")),
      size: compactionSize,
      access: [store.access(pod, "inference", "read-write-delete")],
    });
    const times = { backoffLimit: 2, activeDeadlineSeconds: 3000, ttlSecondsAfterFinished: 86_400 };
    const spec = {
      schedule: compactionCron,
      timeZone: "Etc/UTC",
      suspend: false,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 1800,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { template, ...times } },
    };
    new batch.CronJob(name, { metadata: metadata(pod), spec }, options);
    this.registerOutputs({});
  }
}
