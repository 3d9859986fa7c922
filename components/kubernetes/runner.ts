import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { gatesDocument } from "../gates";
import { groupOf, namespaces, projectPath } from "../naming";
import { profiles } from "../profiles";
import { account } from "./account";
import { servingPort, trackingPod, trackingPort } from "./client";
import type { Foundation, PodAccess } from "./foundation";
import { selector } from "./labels";
import { noAccess } from "./onpremiseGround";
import { together } from "./pod";
import { networkPolicy, outside, podPeer } from "./policy";
import { byRunner, type Job, runnerPod } from "./runnerPod";
import { address, metadata } from "./workload";

/**
 * The GitLab runner of a use case: code of branches runs in its jobs, as the ServiceAccount of `job` and with what `access` gives that.
 * Beside what training reaches, they reach GitLab.
 */
export function useCaseRunner(foundation: Foundation, job: Job, access: readonly PodAccess[]): void {
  const egress = outside(foundation).map(({ to, ports }) => ({
    to,
    ports: ports.map((port) => ({ protocol: "TCP", port })),
  }));
  if (!foundation.cluster.runner) return;
  if (egress.length > 0)
    new networking.NetworkPolicy(
      `${job.useCase}-jobs-policy`,
      {
        metadata: { ...metadata(job), name: "jobs" },
        spec: {
          podSelector: { matchLabels: { ...selector(job), ...byRunner } },
          policyTypes: ["Egress"],
          egress,
        },
      },
      foundation.options,
    );
  runnerPod(foundation, job, access);
}

/** All that a release goes by, of every use case: no pipeline that asks for one says more than which (`ecluse_release.job`). */
function releases({ settings, store }: Foundation): PodAccess {
  const { environment, profile, forge, useCases } = settings;
  const entries = useCases.map(({ name, gates }) => [
    name,
    {
      project: projectPath(name, groupOf(forge)),
      gates: gatesDocument(gates),
      data_url: store.url("data"),
      serving_url: address({ role: "serve", namespace: namespaces(environment).useCase(name) }, servingPort),
    },
  ]);
  const values = {
    ECLUSE_ENVIRONMENT: environment,
    ECLUSE_RELEASES: pulumi.jsonStringify(Object.fromEntries(entries)),
    // It waits until every replica serves what was released: it must know how many there may be.
    ECLUSE_SERVING_REPLICAS: String(profiles[profile].servingReplicas[1]),
    MLFLOW_TRACKING_URI: address(trackingPod(environment), trackingPort),
  };
  return { ...noAccess, env: Object.entries(values).map(([name, value]) => ({ name, value })) };
}

/** The GitLab runner that builds images for every project of the group; its jobs have no identity, and no way into the environment. */
export function buildRunner(foundation: Foundation): void {
  const { settings, cluster } = foundation;
  if (!cluster.builds) return;
  const job: Job = { role: "build", namespace: namespaces(settings.environment).build };
  account(foundation, job);
  const egressRanges = [...new Set([...cluster.egressRanges, ...cluster.builds.egressRanges])];
  networkPolicy(foundation, job, { ingress: [], egress: outside({ cluster: { ...cluster, egressRanges } }) });
  // Below the HOME of every runner's jobs (runnerConfig.ts): an overlay on the container's own would be none.
  const share = "/tmp/.local/share/buildkit";
  runnerPod(foundation, job, [
    {
      ...noAccess,
      volumes: [{ name: "buildkit", emptyDir: { sizeLimit: "20Gi" } }],
      mounts: [{ name: "buildkit", mountPath: share }],
    },
  ]);
}

/** The GitLab runner of the platform's project, whose jobs alone may release; `access` gives them the data and the signing key. */
export function releaseRunner(foundation: Foundation, access: readonly PodAccess[]): void {
  const { settings, cluster } = foundation;
  if (!cluster.runner) return;
  const of = namespaces(settings.environment);
  const job: Job = { role: "release", namespace: of.release };
  const servers = settings.useCases.map(({ name }) =>
    podPeer({ role: "serve", namespace: of.useCase(name) }),
  );
  account(foundation, job);
  networkPolicy(foundation, job, {
    ingress: [],
    egress: [
      ...together(access).egress,
      { to: [podPeer(trackingPod(settings.environment))], ports: [trackingPort] },
      ...(servers.length > 0 ? [{ to: servers, ports: [servingPort] }] : []),
      ...outside(foundation),
    ],
  });
  runnerPod(foundation, job, [...access, releases(foundation)]);
}
