import { audience, namespaces } from "../naming";
import { mergeAccess, projectedToken } from "./access";
import type { Pod, PodAccess, PodPlace, PodRole, PodScope } from "./foundation";
import { podPeer } from "./policy";
import { serverTrust } from "./transport";

/** Port of the tracking server. */
export const trackingPort = 5000;

/** Port of every model server. */
export const servingPort = 8080;

/** The pods of an environment: where each runs, and what its resources are called in the stack. */
export function podsOf(environment: string) {
  const of = namespaces(environment);
  const pod = (role: PodRole, namespace: string): Pod => ({
    role,
    namespace,
    name: `${environment}-${role}`,
  });
  const ofUseCase = (role: PodRole, namespace: string, useCase: string) => ({
    role,
    namespace,
    useCase,
    name: `${environment}-${useCase}-${role}`,
  });
  return {
    tracking: pod("tracking", of.platform),
    proxy: pod("proxy", of.platform),
    release: { ...pod("release", of.release), role: "release" as const },
    build: { ...pod("build", of.build), role: "build" as const },
    objects: pod("objects", of.data),
    objectsAdmin: pod("objects-admin", of.data),
    serve: (useCase: string) => ofUseCase("serve", of.useCase(useCase), useCase),
    monitor: (useCase: string) => ofUseCase("monitor", of.useCase(useCase), useCase),
    compact: (useCase: string) => ofUseCase("compact", of.useCase(useCase), useCase),
    land: (useCase: string) => ofUseCase("land", of.useCase(useCase), useCase),
    train: (useCase: string) => ({ ...ofUseCase("train", of.ci(useCase), useCase), role: "train" as const }),
  };
}

/** Name of a server's Service for the pods of the cluster. */
export const serviceHost = ({ role, namespace }: PodPlace) => `${role}.${namespace}.svc.cluster.local`;

/** Address of a server's Service for the pods of the cluster. */
export const address = ({ authority }: PodScope, pod: PodPlace, port: number) =>
  `${authority ? "https" : "http"}://${serviceHost(pod)}:${port}`;

/** Address of an environment's tracking server for the pods of the cluster. */
export const trackingAddress = (scope: PodScope, environment: string) =>
  address(scope, podsOf(environment).tracking, trackingPort);

const trackingToken = "/var/run/ecluse/tracking";

/** Where {@link trackingAccess} keeps a pod's token for the tracking server. */
export const trackingTokenFile = `${trackingToken}/token`;

/**
 * What a client of the tracking server needs: a token of its own for it, that lives so long, the way there, and by what
 * it knows the server.
 */
export function trackingAccess(
  scope: PodScope,
  environment: string,
  { namespace }: PodPlace,
  seconds?: number,
): PodAccess {
  const token = projectedToken("tracking", trackingToken, audience(environment, "tracking"), seconds);
  const egress = [{ to: [podPeer(podsOf(environment).tracking)], ports: [trackingPort] }];
  return mergeAccess([{ ...token, egress }, serverTrust(scope, namespace)]);
}
