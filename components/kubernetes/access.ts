import type { PodAccess } from "./foundation";

/** Access that gives nothing yet. */
export const emptyAccess: PodAccess = { env: [], volumes: [], mounts: [], egress: [], dependsOn: [] };

/** Environment variables with values that are no secrets. */
export const variables = (
  values: Readonly<Record<string, PodAccess["env"][number]["value"]>>,
): PodAccess => ({
  ...emptyAccess,
  env: Object.entries(values).map(([name, value]) => ({ name, value })),
});

/** An environment variable whose value is a key of a Secret. */
export const secretVariable = (variable: string, secret: string, key: string) => ({
  name: variable,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

/** A volume at a folder of the pod; only a claim can be written to. */
export const mounted = (name: string, mountPath: string, source: object): PodAccess => ({
  ...emptyAccess,
  volumes: [{ name, ...source }],
  mounts: [{ name, mountPath, readOnly: !("persistentVolumeClaim" in source) }],
});

/** A token of the pod's ServiceAccount for one audience, renewed in the file `<mountPath>/token`. */
export function projectedToken(name: string, mountPath: string, audience: string, seconds = 3600): PodAccess {
  const source = { serviceAccountToken: { audience, path: "token", expirationSeconds: seconds } };
  return {
    ...emptyAccess,
    volumes: [{ name: `token-${name}`, projected: { sources: [source] } }],
    mounts: [{ name: `token-${name}`, mountPath, readOnly: true }],
  };
}

/** The first of each key: one Secret may open several things. */
export const once = <T>(items: readonly T[], key: (item: T) => unknown): T[] => [
  ...new Map(items.map((item) => [key(item), item] as const)).values(),
];

/** All that several accesses give, each once. */
export function mergeAccess(access: readonly PodAccess[]): PodAccess {
  const env = access.flatMap((one) => one.env);
  const volumes = access.flatMap((one) => one.volumes);
  const mounts = access.flatMap((one) => one.mounts);
  const egress = access.flatMap((one) => one.egress);
  return {
    env: once(env, ({ name }) => name),
    volumes: once(volumes, ({ name }) => name),
    mounts: once(mounts, ({ mountPath }) => mountPath),
    egress: once(egress, (opening) => JSON.stringify(opening)),
    dependsOn: [...new Set(access.flatMap((one) => one.dependsOn))],
  };
}
