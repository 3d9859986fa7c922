import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { stateful } from "../stateful";
import type { Pod, PodAccess } from "./foundation";
import { type Ground, noAccess } from "./onpremiseGround";
import { metadata } from "./workload";

/** The volume of all objects. */
export function volume({ settings, kubernetes, options }: Ground, pod: Pod, storageGb: number) {
  const type = "kubernetes:core/v1:PersistentVolumeClaim";
  return new core.PersistentVolumeClaim(
    "objects-data",
    {
      metadata: {
        ...metadata(pod),
        name: "objects-data",
        // Many classes bind a volume only when its first pod comes, which waits for this.
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        accessModes: ["ReadWriteOnce"],
        ...(kubernetes.storageClass && { storageClassName: kubernetes.storageClass }),
        resources: { requests: { storage: `${storageGb}Gi` } },
      },
    },
    { ...options, ...stateful(type, settings.tier === "production") },
  );
}

/** The users and their keys, as the server reads them: a mounted file, so that no call over the network can add one. */
export function userFile({ options }: Ground, pod: Pod, keys: ReadonlyMap<string, pulumi.Output<string>>) {
  const accounts = [...keys].map(([access, secret]) => [access, { access, secret, role: "user" }]);
  return new core.Secret(
    "objects-users",
    {
      metadata: { name: "objects-users", namespace: pod.namespace },
      type: "Opaque",
      stringData: {
        "users.json": pulumi.secret(pulumi.jsonStringify({ accessAccounts: Object.fromEntries(accounts) })),
      },
    },
    options,
  );
}

/** A volume at a folder of the pod; only a claim can be written to. */
export const mounted = (name: string, mountPath: string, source: object): PodAccess => ({
  ...noAccess,
  volumes: [{ name, ...source }],
  mounts: [{ name, mountPath, readOnly: !("persistentVolumeClaim" in source) }],
});
