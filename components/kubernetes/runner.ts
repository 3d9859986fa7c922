import * as networking from "@pulumi/kubernetes/networking/v1";
import { namespaces } from "../naming";
import { profiles } from "../profiles";
import { account } from "./account";
import { servingPort, trackingPod, trackingPort } from "./client";
import type { Foundation, PodAccess } from "./foundation";
import { selector } from "./labels";
import { noAccess } from "./onpremiseGround";
import { together } from "./pod";
import { networkPolicy, outside, podPeer } from "./policy";
import { byRunner, type Job, runnerPod } from "./runnerPod";
import { metadata } from "./workload";

/**
 * The GitLab runner of a use case: code of branches runs in its jobs, as the ServiceAccount of `job` and with what `access` gives that.
 * Beside what training reaches, they reach GitLab.
 */
export function useCaseRunner(foundation: Foundation, job: Job, access: readonly PodAccess[]): void {
  const egress = outside(foundation).map(({ to, ports }) => ({
    to,
    ports: ports.map((port) => ({ protocol: "TCP", port })),
  }));
  if (foundation.cluster.runner && egress.length > 0)
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

/** A release waits until every replica serves it: it must know how many there may be. */
const replicas = ({ settings }: Foundation): PodAccess => {
  const [, most] = profiles[settings.profile].servingReplicas;
  return { ...noAccess, env: [{ name: "ECLUSE_SERVING_REPLICAS", value: String(most) }] };
};

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
  runnerPod(foundation, job, [...access, replicas(foundation)]);
}
