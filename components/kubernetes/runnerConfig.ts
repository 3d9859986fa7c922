import { jobSizes } from "./quotas";

/** What decides how a runner makes its jobs' pods. */
export interface RunnerConfig {
  readonly name: string;
  readonly gitlabUrl: string;
  /** The authorities by which it knows that GitLab, and its jobs' helper; undefined for its image's. */
  readonly authoritiesFile?: string;
  /** Jobs at once. */
  readonly concurrent: number;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Images of jobs come from this registry and path only. */
  readonly registry: string;
  readonly image: string;
  readonly helperImage: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What every container of a job may do on its node. */
  readonly security: object;
  /** Strategic merge patch of the pod's spec: what its jobs reach the environment by. */
  readonly podPatch: unknown;
}

/** Port of the runner's own metrics. */
export const runnerPort = 9252;

const toml = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(toml).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)} = ${toml(item)}`)
    .join(", ")} }`;
};

const lines = (values: object) => Object.entries(values).map(([key, value]) => `${key} = ${toml(value)}`);

const confined = { privileged: false, allow_privilege_escalation: false, capabilities: { drop: ["ALL"] } };

const pod = (user: number) => ({
  run_as_non_root: true,
  run_as_user: user,
  run_as_group: user,
  fs_group: user,
  seccomp_profile: { type: "RuntimeDefault" },
});

/** Pod Security `restricted`, stated for each container that the runner may put into a job's pod. */
export const restrictedJobs = {
  allow_privilege_escalation: false,
  pod_security_context: pod(10_001),
  build_container_security_context: confined,
  helper_container_security_context: confined,
  init_permissions_container_security_context: confined,
  service_container_security_context: confined,
};

/**
 * The least that rootless BuildKit asks for: a user without rights, to which the image's setuid programs give a range
 * of users of its own, and system calls to make namespaces with.
 * https://github.com/moby/buildkit/blob/master/docs/rootless.md
 */
export const buildJobs = {
  ...restrictedJobs,
  // With room for the volume of layers, which counts too.
  ephemeral_storage_limit: "24Gi",
  allow_privilege_escalation: true,
  pod_security_context: pod(1000),
  build_container_security_context: {
    privileged: false,
    allow_privilege_escalation: true,
    capabilities: { drop: ["ALL"], add: ["SETUID", "SETGID"] },
    seccomp_profile: { type: "Unconfined" },
  },
};

const { build, helper, service } = jobSizes;

const sizes = {
  cpu_request: build.cpu,
  memory_request: build.memory,
  memory_limit: build.memory,
  ephemeral_storage_request: "2Gi",
  ephemeral_storage_limit: "10Gi",
  helper_cpu_request: helper.cpu,
  helper_memory_request: helper.memory,
  helper_memory_limit: helper.memory,
  service_cpu_request: service.cpu,
  service_memory_request: service.memory,
  service_memory_limit: service.memory,
};

/** No `*_overwrite_allowed` is set, so that a job's YAML chooses neither namespace, account, labels nor sizes. */
const executor = (config: RunnerConfig) => ({
  namespace: config.namespace,
  service_account: config.serviceAccount,
  automount_service_account_token: false,
  use_service_account_image_pull_secrets: true,
  image: config.image,
  helper_image: config.helperImage,
  allowed_images: [`${config.registry}/**`],
  allowed_services: [`${config.registry}/**`],
  pull_policy: ["always"],
  allowed_pull_policies: ["always"],
  privileged: false,
  ...sizes,
  poll_timeout: 600,
  // It would need the right to list events.
  print_pod_warning_events: false,
  pod_labels: config.labels,
  ...config.security,
  pod_spec: [{ name: "access", patch_type: "strategic", patch: JSON.stringify(config.podPatch) }],
});

const manager = ({ concurrent }: RunnerConfig) => ({
  concurrent,
  check_interval: 5,
  shutdown_timeout: 600,
  listen_address: `:${runnerPort}`,
});

const runner = ({ name, gitlabUrl, authoritiesFile }: RunnerConfig) => ({
  name,
  url: gitlabUrl,
  ...(authoritiesFile && { "tls-ca-file": authoritiesFile }),
  executor: "kubernetes",
  // No home is writable to the user of the jobs but this.
  environment: ["HOME=/tmp"],
});

/**
 * The runner's config.toml in two parts: its token, which is a Secret's, goes between them at start. What comes after
 * a table's header belongs to that table, so that the token cannot be last.
 */
export function runnerConfig(config: RunnerConfig): { readonly head: string; readonly tail: string } {
  const flags = { FF_USE_ADVANCED_POD_SPEC_CONFIGURATION: true };
  return {
    head: [...lines(manager(config)), "", "[[runners]]", ...lines(runner(config)), ""].join("\n"),
    tail: [
      "[runners.feature_flags]",
      ...lines(flags),
      "",
      "[runners.kubernetes]",
      ...lines(executor(config)),
      "",
    ].join("\n"),
  };
}
