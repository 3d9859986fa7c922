import type { KubernetesSettings } from "../settings";
import type { Foundation, PodAccess } from "./foundation";
import type { Authority } from "./onpremiseAuthority";

/** The rest of a foundation on the team's own cluster, on which its object store and its database stand. */
export type Ground = Omit<Foundation, "store" | "database"> & {
  readonly kubernetes: KubernetesSettings;
  readonly authority: Authority;
};

/** Access that gives nothing yet. */
export const noAccess: PodAccess = { env: [], volumes: [], mounts: [], egress: [], dependsOn: [] };

/** An environment variable whose value is a key of a Secret. */
export const byReference = (variable: string, secret: string, key: string) => ({
  name: variable,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

/**
 * What a pod needs to call the cluster's API server: a token for it, its authority, and, where its range is known, an opening. It lies
 * where clients look for it, or in a folder of its own.
 */
export function apiServerAccess(
  range: string | undefined,
  mountPath = "/var/run/secrets/kubernetes.io/serviceaccount",
): PodAccess {
  const sources = [
    { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
  ];
  return {
    ...noAccess,
    volumes: [{ name: "api-server", projected: { sources } }],
    mounts: [{ name: "api-server", mountPath, readOnly: true }],
    // Some networks judge a connection before the Service's address is translated, and some after.
    egress: range ? [{ to: [{ ipBlock: { cidr: range } }], ports: [443, 6443] }] : [],
  };
}
