import { createHash } from "node:crypto";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { logicalName } from "./account";
import { apiServerAccess } from "./apiServer";
import type { Foundation, Pod, PodAccess } from "./foundation";
import { buildNode, labels, selector } from "./labels";
import { noAccess } from "./onpremiseGround";
import { together } from "./pod";
import { podMonitor, prometheusPeer } from "./prometheus";
import { jobsAtOnce, runnerSize } from "./quotas";
import { buildJobs, restrictedJobs, runnerConfig, runnerPort } from "./runnerConfig";
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

/** The runner as its GitLab knows it. */
function registration({ settings, forge }: Foundation, job: Job) {
  if (typeof settings.forge === "object" && forge)
    return { url: settings.forge.url, registered: forge.runner(job) };
  throw new pulumi.RunError(
    `ecluse:forge is ${settings.forge}, and ecluse:cluster.runner asks for a runner: set the url of a GitLab`,
  );
}

/** The pods of a runner's jobs. */
export type Job = Pod & { readonly role: "build" | "release" | "train" };

/** A mark of the pods that a runner made, beside the labels of their role. */
export const byRunner = { "ecluse.local/made-by": "runner" };

/** What jobs run in that name no image. */
const jobImages = { build: "buildkit", release: "release", train: "python-base" } as const;

/** The nodes that take builds and nothing else; `components/azure/pools.ts` makes them on Azure. */
const buildNodes = {
  nodeSelector: { [buildNode.key]: buildNode.value },
  tolerations: [{ ...buildNode, operator: "Equal", effect: "NoSchedule" }],
};

/** The runner's own settings know no AppArmor. */
const unconfined = { securityContext: { appArmorProfile: { type: "Unconfined" } } };

/** The configuration of the runner whose jobs run as `job`. */
function configuration(foundation: Foundation, url: string, job: Job, access: PodAccess) {
  const builds = job.role === "build";
  const { env, mounts: volumeMounts, volumes } = access;
  const container = { name: "build", env, volumeMounts, ...(builds && unconfined) };
  const podPatch = { containers: [container], volumes, ...(builds && buildNodes) };
  const image = foundation.image(jobImages[job.role]);
  return pulumi
    .all([pulumi.output(podPatch), image, foundation.image("gitlab-runner-helper")])
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
        security: builds ? buildJobs : restrictedJobs,
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

/** A runner in the namespace of `job`: it starts a pod for each of its jobs there, and may do nothing else. */
export function runnerPod(foundation: Foundation, job: Job, access: readonly PodAccess[]): void {
  const { cluster, options } = foundation;
  const { url, registered } = registration(foundation, job);
  const pod: Pod = { ...job, role: "runner", resourceName: `${job.useCase ?? job.role}-runner` };
  const files = configuration(foundation, url, job, together(access));
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
      foundation.tokenFile(pod, folders.token, registered.token),
      apiServerAccess(foundation.apiServer),
    ],
    ingress: cluster.prometheus ? [{ from: [prometheusPeer], port: runnerPort }] : [],
    outside: true,
    dependsOn: [config, ...runnerRights(foundation, pod), ...access.flatMap(({ dependsOn }) => dependsOn)],
  });
  if (cluster.prometheus) podMonitor(foundation, logicalName(pod), { ...metadata(pod), port: "http" });
  // Read at its start: another configuration, or another registration and so another token, begins it anew.
  const digest = pulumi
    .all([files, registered.id])
    .apply(([{ head, tail }, id]) => createHash("sha256").update(head).update(tail).update(id).digest("hex"));
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
