import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import type { ProfileName } from "../settings";
import { emptyAccess } from "./access";
import { podMonitor, prometheusPeer } from "./alerts";
import { apiServerAccess } from "./apiServer";
import { authoritiesFile, trusting } from "./authorities";
import type {
  ClusterForge,
  Egress,
  Images,
  Pod,
  PodAccess,
  PodScope,
  RegisteredRunner,
  SecretStore,
} from "./foundation";
import { buildNode, labels, selector } from "./labels";
import { jobsAtOnce, runnerSize } from "./quotas";
import { buildJobs, restrictedJobs, runnerConfig, runnerPort } from "./runnerConfig";
import { digestOf } from "./transport";
import { isolatedPod, metadata } from "./workload";

/** What every runner is made from. */
export interface RunnerArgs {
  readonly environment: string;
  readonly scope: PodScope;
  readonly images: Images;
  /** The GitLab whose jobs it runs. */
  readonly forge: Pick<ClusterForge, "url" | "runner">;
  /** Keeps the token by which it asks for jobs. */
  readonly secrets: Pick<SecretStore, "file">;
  /** Openings to the cluster's API, by which it starts the pods of its jobs. */
  readonly apiServer: readonly Egress[];
  /** Bounds how many jobs run at once. */
  readonly profile: ProfileName;
  /** Where Prometheus runs that reads its metrics, by the operator in the cluster; undefined for none. */
  readonly prometheusNamespace?: string;
}

/** The pods of a runner's jobs. */
export type Job = Pod & { readonly role: "build" | "release" | "train" };

/** A mark of the pods that a runner made, beside the labels of their role. */
export const byRunner = { "ecluse.local/made-by": "runner" };

const folders = {
  template: "/etc/gitlab-runner-template",
  token: "/var/run/ecluse/runner",
  own: "/run/gitlab-runner",
};

/** The token goes from file to file, in memory, and into no argument. */
const start = [
  "umask 077",
  `{ cat ${folders.template}/head.toml; printf 'token = "%s"\\n\\n' "$(cat ${folders.token}/token)"; cat ` +
    `${folders.template}/tail.toml; } > ${folders.own}/config.toml`,
  `exec gitlab-runner run --config ${folders.own}/config.toml --working-directory /tmp`,
].join(" && ");

/** What jobs run in that name no image. */
const jobImages = { build: "buildkit", release: "release", train: "python-base" } as const;

/** The nodes that take builds and nothing else; the Azure target makes them. */
const buildNodes = {
  nodeSelector: { [buildNode.key]: buildNode.value },
  tolerations: [{ ...buildNode, operator: "Equal", effect: "NoSchedule" }],
};

/** The runner's own settings know no AppArmor. */
const unconfined = { securityContext: { appArmorProfile: { type: "Unconfined" } } };

/** The configuration of the runner whose jobs run as `job`. */
function configuration({ scope, images, forge, profile }: RunnerArgs, job: Job, access: PodAccess) {
  const builds = job.role === "build";
  const { env, mounts: volumeMounts, volumes } = access;
  const container = { name: "build", env, volumeMounts, ...(builds && unconfined) };
  const trusted = scope.authorities?.(job.namespace);
  // It fetches the repository and sends artifacts: of all that a job is given it needs the authorities alone.
  const helper = trusted && [{ name: "helper", env: trusted.env, volumeMounts: trusted.mounts }];
  const podPatch = { containers: [container, ...(helper ?? [])], volumes, ...(builds && buildNodes) };
  const identity = scope.workloadIdentity(job);
  return pulumi
    .all([pulumi.output(podPatch), images(jobImages[job.role]), images("gitlab-runner-helper")])
    .apply(([patch, base, helperImage]) =>
      runnerConfig({
        name: `${job.namespace}-runner`,
        gitlabUrl: forge.url,
        ...(trusted && { authoritiesFile }),
        concurrent: jobsAtOnce(job.role, profile),
        namespace: job.namespace,
        serviceAccount: job.role,
        registry: base.replace(/\/[^/]*$/, ""),
        image: base,
        helperImage,
        labels: { ...labels(job), ...identity.labels, ...byRunner },
        security: builds ? buildJobs : restrictedJobs,
        podPatch: patch,
      }),
    );
}

const configFiles = (config: string): PodAccess => ({
  ...emptyAccess,
  volumes: [
    { name: "template", configMap: { name: config } },
    { name: "own", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
  ],
  mounts: [
    { name: "template", mountPath: folders.template, readOnly: true },
    { name: "own", mountPath: folders.own },
  ],
});

/**
 * What the executor asks of the API with these settings: no exec, and it may write the Secret of a job, not read it.
 */
const rules = [
  { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/attach"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["secrets"], verbs: ["create", "update", "delete"] },
  { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["get"] },
];

/** What the runner may do, in its own namespace only. */
function runnerRights({ options }: PodScope, pod: Pod): pulumi.Resource[] {
  const role = new rbac.Role(`${pod.name}-role`, { metadata: metadata(pod), rules }, options);
  const binding = new rbac.RoleBinding(
    `${pod.name}-binding`,
    {
      metadata: metadata(pod),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: pod.role },
      subjects: [{ kind: "ServiceAccount", name: pod.role, namespace: pod.namespace }],
    },
    options,
  );
  return [role, binding];
}

type Files = ReturnType<typeof configuration>;

function configMap({ options }: PodScope, pod: Pod, { head, tail }: Files): core.ConfigMap {
  const data = { "head.toml": head, "tail.toml": tail };
  const inputs = { metadata: { ...metadata(pod), name: "gitlab-runner" }, data };
  return new core.ConfigMap(`${pod.name}-config`, inputs, options);
}

/** The runner's pod, which starts a pod for each job in its own namespace and may do nothing else. */
function isolatedRunner(args: RunnerArgs, pod: Pod, files: Files, registered: RegisteredRunner) {
  const { scope, images, secrets, apiServer, prometheusNamespace: metrics } = args;
  return isolatedPod(scope, pod, {
    image: images("gitlab-runner"),
    command: ["/bin/sh", "-c", start],
    env: {},
    size: runnerSize,
    // Another configuration, or another registration and so another token, restarts it.
    reads: digestOf(pulumi.interpolate`${files.head}${files.tail}${registered.id}`),
    // Its metrics are no secret, and it takes no token there.
    port: { number: runnerPort, tls: false, alive: "/metrics", ready: "/metrics" },
    access: [
      configFiles("gitlab-runner"),
      secrets.file(pod, folders.token, registered.token),
      apiServerAccess(apiServer),
    ],
    ingress: metrics ? [{ from: [prometheusPeer(metrics)], port: runnerPort }] : [],
    allowExternalEgress: true,
    dependsOn: [configMap(scope, pod, files), ...runnerRights(scope, pod)],
  });
}

/** A runner in the namespace of `job`, whose jobs run as its ServiceAccount with `access`; `parent` has all of it. */
export function runnerPod(
  parent: pulumi.Resource,
  name: string,
  args: RunnerArgs,
  job: Job,
  access: readonly PodAccess[],
): void {
  const { scope, forge, prometheusNamespace } = args;
  const registered = forge.runner(job, parent);
  const pod: Pod = { ...job, role: "runner", name };
  const merged = trusting(scope, job.namespace, access);
  const files = configuration(args, job, merged);
  const { template, options } = isolatedRunner(args, pod, files, registered);
  if (prometheusNamespace) podMonitor(scope, name, { ...metadata(pod), port: "http" });
  // Two runners with one token would share its jobs while one takes over, which the first could not finish.
  const spec = {
    replicas: 1,
    strategy: { type: "Recreate" },
    selector: { matchLabels: selector(pod) },
    template,
  };
  const dependsOn = [...options.dependsOn, ...merged.dependsOn];
  new apps.Deployment(name, { metadata: metadata(pod), spec }, { ...options, dependsOn });
}
