import type { Client, KubernetesObject } from "../../../cluster/client";
import { bearer } from "../../../cluster/controlPlane";
import { buildsFolder, jobPod, type Runner, runnerOf } from "./jobPod";
import type { Gitlab, OfferedJob } from "./server";
import { Wait, type Waiting } from "./waiting";

/** A job for a runner of the cluster. */
export interface RunnerJob extends OfferedJob {
  /** Its number at GitLab. */
  readonly id: string;
  readonly image: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What runs jobs in a cluster. */
export interface ExecutorOptions {
  /** The cluster's administrator. */
  readonly client: Client;
  readonly gitlab: Gitlab;
}

const project = `${buildsFolder}/project`;

/** Waits for the checkout, runs the script by bash where the image has it, and leaves its exit code for the helper. */
const command = [
  "sh",
  "-c",
  [
    // A helper that failed writes a code too early.
    `until test -e ${buildsFolder}/ready; do test ! -e ${buildsFolder}/code || exit 1; sleep 0.2; done`,
    `cd ${project}`,
    "shell=$(command -v bash || command -v sh)",
    `"$shell" ${buildsFolder}/script 2>&1 < /dev/null && code=0 || code=$?`,
    `echo "$code" > ${buildsFolder}/code`,
    'exit "$code"',
  ].join("\n"),
];

interface ContainerStatus {
  readonly name: string;
  readonly state: {
    readonly waiting?: Waiting;
    readonly running?: object;
    readonly terminated?: { readonly exitCode: number; readonly reason?: string };
  };
}

const stateOf = ({ status }: KubernetesObject, container: string): ContainerStatus["state"] =>
  ((status?.containerStatuses ?? []) as ContainerStatus[]).find(({ name }) => name === container)?.state ??
  {};

/**
 * Stands in for gitlab-runner's Kubernetes executor: makes a pod for each job, by the configuration that the stack
 * wrote for the runner, and as the runner's own ServiceAccount.
 */
export class Executor {
  constructor(private readonly options: ExecutorOptions) {}

  /** Runs a job by the runner of a namespace; gives its exit code, -1 where it took too long or was cancelled. */
  async run(namespace: string, job: RunnerJob): Promise<number> {
    const { client, gitlab } = this.options;
    const name = "gitlab-runner";
    const files = await client.get({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace } });
    const token = gitlab.offer(job.id, job);
    const work = new JobPod(bearer(await client.token(namespace, "runner")), runnerOf(files), job, token);
    try {
      return await work.run();
    } finally {
      gitlab.withdraw(job.id);
    }
  }
}

/** The pod of one job. */
class JobPod {
  private readonly secret: KubernetesObject;
  private readonly pod: KubernetesObject;

  constructor(
    private readonly client: Client,
    runner: Runner,
    private readonly job: RunnerJob,
    token: string,
  ) {
    const name = `runner-${job.id}`;
    const { namespace } = runner.kubernetes;
    const own = runner.environment.map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]);
    const given = { CI_PROJECT_DIR: project, CI_JOB_TOKEN: token };
    const stringData = { ...Object.fromEntries(own), ...job.variables, ...given };
    this.secret = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData };
    const { image, seconds } = job;
    const helperCommand = ["gitlab-runner-helper"];
    this.pod = jobPod(runner, { name, image, secret: name, command, helperCommand, seconds });
  }

  async run(): Promise<number> {
    await this.client.create(this.secret);
    try {
      await this.client.create(this.pod);
      return await this.finish();
    } finally {
      for (const made of [this.pod, this.secret]) await this.client.delete(made).catch(() => {});
    }
  }

  private async finish(): Promise<number> {
    if (!(await this.reached("build", ({ running, terminated }) => running ?? terminated))) return -1;
    await this.client.follow(this.pod, "build", this.job.log);
    const ended = await this.reached("build", ({ terminated }) => terminated);
    const helper = ended && (await this.reached("helper", ({ terminated }) => terminated));
    if (!helper) return -1;
    if (helper.exitCode === 0) return ended.exitCode;
    await this.client.follow(this.pod, "helper", this.job.log);
    throw new Error(`the helper of its pod ended with ${helper.exitCode}; see its log`);
  }

  /** Waits for a state of a container; undefined where the pod's time was over before. */
  private async reached<T>(
    container: string,
    of: (state: ContainerStatus["state"]) => T | undefined,
  ): Promise<T | undefined> {
    const wait = new Wait();
    for (;;) {
      const pod = await this.client.get(this.pod);
      const state = stateOf(pod, container);
      const found = of(state);
      if (found !== undefined) return found;
      const vain = wait.inVain(state.waiting);
      if (vain) throw new Error(`${container}: ${vain}`);
      if (pod.status?.reason === "DeadlineExceeded" || this.job.signal?.aborted) return undefined;
      if (pod.status?.phase === "Failed" && !state.running)
        throw new Error(`the pod failed: ${pod.status.reason}: ${pod.status.message}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
