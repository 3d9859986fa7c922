import * as batch from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import { landingVariables } from "../processes/training";
import { within } from "../scope";
import type { ClusterStore, Pod, PodScope } from "./foundation";
import { podsOf } from "./pods";
import { landingSize } from "./quotas";
import { isolatedPod, metadata } from "./workload";

/** What the landing of a use case's data is made from. */
export interface LandingArgs {
  readonly environment: string;
  readonly useCase: string;
  readonly scope: PodScope;
  /** The platform's image `python-base`, in whose place each Job puts the one of a commit. */
  readonly image: pulumi.Input<string>;
  readonly store: ClusterStore;
}

/**
 * The template of what lands the rows of a use case: `kubectl create job NAME --from=cronjob/land`, with the image of a
 * commit. Beside the store, so that nothing is forwarded to it from outside; suspended, it never starts by itself.
 */
export class Landing extends pulumi.ComponentResource {
  constructor(name: string, args: LandingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:Landing", name, {}, opts);
    const { environment, useCase, image, store } = args;
    const pod: Pod = { ...podsOf(environment).land(useCase), name };
    const urls = { dataUrl: store.url("data"), holdoutUrl: store.url("holdout") };
    const { template, options } = isolatedPod(within(args.scope, this), pod, {
      image,
      command,
      env: landingVariables({ environment, useCase, ...urls }),
      size: landingSize,
      workingDir: "/tmp",
      access: (["data", "holdout"] as const).map((each) => store.access(pod, each, "read-write-delete")),
    });
    const times = { backoffLimit: 0, activeDeadlineSeconds: 7200, ttlSecondsAfterFinished: 86_400 };
    const spec = {
      schedule: "0 0 1 1 *",
      timeZone: "Etc/UTC",
      suspend: true,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { template, ...times } },
    };
    new batch.CronJob(name, { metadata: metadata(pod), spec }, options);
    this.registerOutputs({});
  }
}

/**
 * Lands with the code of the image. An own file is copied into the waiting pod (`kubectl cp`), and lands once its bytes
 * are those that were announced: a copy that broke off is just done again, and needs no volume.
 */
const command = [
  "/bin/sh",
  "-ec",
  [
    `cp -R "\${ECLUSE_CODE:?is not set: put the image of a commit in the place of the base image}/." .`,
    `if [ -n "\${SOURCE:-}" ]; then`,
    `  echo "waiting for $SOURCE with SHA-256 \${SHA256:?is not set: say the sum of the file too}"`,
    `  until echo "$SHA256  $SOURCE" | sha256sum --check --status 2> /dev/null; do sleep 2; done`,
    "fi",
    `exec python -m ecluse land \${SOURCE:+--source "$SOURCE"} \${FLAGS:-}`,
  ].join("\n"),
];
