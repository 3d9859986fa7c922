import { createHash } from "node:crypto";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { logicalName } from "./account";
import { apiServerAccess } from "./apiServer";
import type { Foundation, Pod, PodAccess } from "./foundation";
import { labels, selector } from "./labels";
import { noAccess } from "./onpremiseGround";
import { together } from "./pod";
import { podMonitor, prometheusPeer } from "./prometheus";
import { jobsAtOnce, runnerSize } from "./quotas";
import { runnerConfig, runnerPort } from "./runnerConfig";
import { runnerRights } from "./runnerRights";
import { isolatedPod, metadata } from "./workload";

const folders = {
  template: "/etc/gitlab-runner-template",
  token: "/var/run/ecluse/runner",
  own: "/run/gitlab-runner",
};

/** The token goes from file to file, in memory, and into no argument. */
const start = [
  "umask 077",
  `{ cat ${folders.template}/head.toml; printf 'token = "%s"\\n\\n' "$(cat ${folders.token}/token)"; cat ${folders.template}/tail.toml; } > ${folders.own}/config.toml`,
  `exec gitlab-runner run --config ${folders.own}/config.toml --working-directory /tmp`,
].join(" && ");

function gitlabUrl({ settings: { forge } }: Foundation): string {
  if (typeof forge === "object") return forge.url;
  throw new pulumi.RunError(
    `ecluse:forge is ${forge}, and ecluse:cluster.runner asks for a runner: set the url and projectIds of a GitLab`,
  );
}

/** The pods of a runner's jobs. */
export type Job = Pod & { readonly role: "release" | "train" };

/** A mark of the pods that a runner made, beside the labels of their role. */
export const byRunner = { "ecluse.local/made-by": "runner" };

/** The configuration of the runner whose jobs run as `job`. */
function configuration(foundation: Foundation, url: string, job: Job, access: PodAccess) {
  const image = (name: "python-base" | "gitlab-runner-helper") => foundation.image(name);
  const { env, mounts: volumeMounts, volumes } = access;
  const podPatch = { containers: [{ name: "build", env, volumeMounts }], volumes };
  return pulumi
    .all([pulumi.output(podPatch), image("python-base"), image("gitlab-runner-helper")])
    .apply(([patch, base, helperImage]) =>
      runnerConfig({
        name: `${job.namespace}-runner`,
        gitlabUrl: url,
        concurrent: jobsAtOnce(job.role, foundation.settings.profile),
        namespace: job.namespace,
        serviceAccount: job.role,
        registry: base.replace(/\/[^/]*$/, ""),
        image: base,
        helperImage,
        labels: { ...labels(job), ...foundation.marks(job).labels, ...byRunner },
        podPatch: patch,
      }),
    );
}

const configFiles = (config: string): PodAccess => ({
  ...noAccess,
  volumes: [
    { name: "template", configMap: { name: config } },
    { name: "own", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
  ],
  mounts: [
    { name: "template", mountPath: folders.template, readOnly: true },
    { name: "own", mountPath: folders.own },
  ],
});

const tokenFile = (secretName: string): PodAccess => ({
  ...noAccess,
  volumes: [
    { name: "token", secret: { secretName, items: [{ key: "token", path: "token" }], defaultMode: 0o440 } },
  ],
  mounts: [{ name: "token", mountPath: folders.token, readOnly: true }],
});

/** A runner in the namespace of `job`: it starts a pod for each of its jobs there, and may do nothing else; none where config has none. */
export function runnerPod(foundation: Foundation, job: Job, access: readonly PodAccess[]): void {
  const { cluster, options } = foundation;
  if (!cluster.runner) return;
  const pod: Pod = { ...job, role: "runner" };
  const files = configuration(foundation, gitlabUrl(foundation), job, together(access));
  const config = new core.ConfigMap(
    `${logicalName(pod)}-config`,
    {
      metadata: { ...metadata(pod), name: "gitlab-runner" },
      data: { "head.toml": files.head, "tail.toml": files.tail },
    },
    options,
  );
  const made = isolatedPod(foundation, pod, {
    image: foundation.image("gitlab-runner"),
    command: ["/bin/sh", "-c", start],
    env: {},
    size: runnerSize,
    port: { number: runnerPort, alive: "/metrics", ready: "/metrics" },
    access: [
      configFiles("gitlab-runner"),
      tokenFile(cluster.runner.tokenSecret),
      apiServerAccess(foundation.apiServer),
    ],
    ingress: cluster.prometheus ? [{ from: [prometheusPeer], port: runnerPort }] : [],
    outside: true,
    dependsOn: [config, ...runnerRights(foundation, pod), ...access.flatMap(({ dependsOn }) => dependsOn)],
  });
  if (cluster.prometheus) podMonitor(foundation, logicalName(pod), { ...metadata(pod), port: "http" });
  const digest = files.apply(({ head, tail }) =>
    createHash("sha256").update(head).update(tail).digest("hex"),
  );
  const template = {
    ...made.template,
    metadata: { ...made.template.metadata, annotations: { "ecluse.local/reads": digest } },
  };
  new apps.Deployment(
    logicalName(pod),
    {
      metadata: metadata(pod),
      // Two runners with one token would share its jobs while one takes over, which the first could not finish.
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: selector(pod) },
        template,
      },
    },
    made.options,
  );
}
