import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import type { ReleaseProcess } from "../processes/release";
import { releaseJobVariables } from "../processes/releaseJob";
import { within } from "../scope";
import { emptyAccess, mergeAccess, variables } from "./access";
import type { ClusterStore, Pod, PodAccess } from "./foundation";
import { selector } from "./labels";
import { address, podsOf, servingPort, trackingAddress, trackingPort } from "./pods";
import { externalEgress, networkPolicy, podPeer, tcp } from "./policy";
import { byRunner, type RunnerArgs, runnerPod } from "./runnerPod";
import type { Training } from "./training";
import { serverTrust } from "./transport";
import { account, metadata } from "./workload";

/** What the runner of a use case is made from. */
export interface UseCaseRunnerArgs extends RunnerArgs {
  /** Whose ServiceAccount and access the jobs have. */
  readonly training: Pick<Training, "job" | "access">;
}

/**
 * The GitLab runner of a use case: code of branches runs in its jobs. Beside what training reaches, they reach GitLab.
 */
export class UseCaseRunner extends pulumi.ComponentResource {
  constructor(name: string, args: UseCaseRunnerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:UseCaseRunner", name, {}, opts);
    const scope = within(args.scope, this);
    const { job, access } = args.training;
    const openings = externalEgress(scope);
    if (openings.length > 0)
      new networking.NetworkPolicy(
        `${name}-jobs-policy`,
        {
          metadata: { ...metadata(job), name: "jobs" },
          spec: {
            podSelector: { matchLabels: { ...selector(job), ...byRunner } },
            policyTypes: ["Egress"],
            egress: openings.map(({ to, ports }) => ({ to, ports: tcp(...ports) })),
          },
        },
        scope.options,
      );
    runnerPod(this, name, { ...args, scope }, job, access);
    this.registerOutputs({});
  }
}

/** What of a release of one use case its environment does not say. */
export interface ReleasedUseCase
  extends Pick<ReleaseProcess<string>, "project" | "gates" | "contract" | "rollout" | "accountability"> {
  readonly name: string;
}

/** What the runner of releases is made from. */
export interface ReleaseRunnerArgs extends RunnerArgs {
  readonly useCases: readonly ReleasedUseCase[];
  readonly store: ClusterStore;
  /** Gives the jobs the private key that signs models. */
  readonly signingKey: PodAccess;
  /** How many replicas a model server may have: a release waits until every one serves it. */
  readonly servingReplicas: number;
  /** Tier of the environment. */
  readonly tier: string;
}

/** The GitLab runner of the platform's project, whose jobs alone may release. */
export class ReleaseRunner extends pulumi.ComponentResource {
  constructor(name: string, args: ReleaseRunnerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:ReleaseRunner", name, {}, opts);
    const scope = within(args.scope, this);
    const pods = podsOf(args.environment);
    const job = pods.release;
    const judged = (["data", "holdout"] as const).map((each) => args.store.access(job, each, "read"));
    const access = [...judged, args.signingKey];
    const servers = args.useCases.map((useCase) => podPeer(pods.serve(useCase.name)));
    account(scope, job);
    networkPolicy(scope, job, {
      ingress: [],
      egress: [
        ...mergeAccess(access).egress,
        { to: [podPeer(pods.tracking)], ports: [trackingPort] },
        ...(servers.length > 0 ? [{ to: servers, ports: [servingPort] }] : []),
        ...externalEgress(scope),
      ],
    });
    runnerPod(this, name, { ...args, scope }, job, [
      ...access,
      releases(args),
      serverTrust(scope, job.namespace),
    ]);
    this.registerOutputs({});
  }
}

/** All that a release goes by, of every use case: a pipeline that asks for one only names it (`ecluse_release.job`). */
function releases(args: ReleaseRunnerArgs): PodAccess {
  const { scope, environment, useCases, store, servingReplicas, tier } = args;
  const { serve } = podsOf(environment);
  const entries = useCases.map(({ name, ...useCase }) => [
    name,
    {
      ...useCase,
      dataUrl: store.url("data"),
      holdoutUrl: store.url("holdout"),
      servingUrl: address(scope, serve(name), servingPort),
    },
  ]);
  const releasing = { environment, tier, servingReplicas, trackingUrl: trackingAddress(scope, environment) };
  return variables(releaseJobVariables(releasing, Object.fromEntries(entries)));
}

/** What the runner of image builds is made from. */
export interface BuildRunnerArgs extends RunnerArgs {
  /** CIDR ranges that builds reach beside those of the scope: package indexes and base images. Port 443. */
  readonly egressRanges: readonly string[];
  /** Ports that builds reach beside 443 and those of the scope. */
  readonly egressPorts: readonly number[];
}

/**
 * The GitLab runner that builds images for every project of the group; its jobs have no identity, and no way into the
 * environment.
 */
export class BuildRunner extends pulumi.ComponentResource {
  constructor(name: string, args: BuildRunnerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:BuildRunner", name, {}, opts);
    const scope = within(args.scope, this);
    const job: Pod & { readonly role: "build" } = podsOf(args.environment).build;
    account(scope, job);
    const egressRanges = [...new Set([...scope.egressRanges, ...args.egressRanges])];
    const egressPorts = [...scope.egressPorts, ...args.egressPorts];
    networkPolicy(scope, job, { ingress: [], egress: externalEgress({ egressRanges, egressPorts }) });
    // Below the HOME of every runner's jobs (runnerConfig.ts): an overlay on the container's own would be none.
    const mountPath = "/tmp/.local/share/buildkit";
    const cache: PodAccess = {
      ...emptyAccess,
      volumes: [{ name: "buildkit", emptyDir: { sizeLimit: "20Gi" } }],
      mounts: [{ name: "buildkit", mountPath }],
    };
    runnerPod(this, name, { ...args, scope }, job, [cache]);
    this.registerOutputs({});
  }
}
