import { mkdirSync } from "node:fs";
import { at } from "./addresses";
import type { KubernetesObject } from "./client";
import { nodeName } from "./node";
import { run } from "./shell";
import { runInside } from "./space";

/** The class that the shipped stacks name. Here it is only a name: nothing is encrypted. */
const storageClass = "encrypted-retain";

// As large as the shipped stacks ask for, and some more: a volume that had a claim is not given to another.
const sizes = [20, 20, 20, 20, 20, 50, 50, 50];

/** The folder of a volume, as the cluster's own programs see it. */
export const volumePath = (number: string) => at("volumes", number);

/** Makes a file system in a file that takes room only for what is in it: a full volume is full, as anywhere. */
async function makeVolume(size: number, path: string): Promise<void> {
  const file = `${path}.ext4`;
  mkdirSync(path, { recursive: true });
  await run("truncate", ["--size", `${size}G`, file]);
  await run("mkfs.ext4", ["-q", "-m", "0", "-J", "size=16", file]);
  // Pods run as different users; the kubelet gives a `local` volume to the group of its pod.
  await runInside("sh", "-c", 'mount -o loop "$0" "$1" && chmod 777 "$1"', file, path);
}

async function volume(size: number, index: number): Promise<KubernetesObject> {
  const path = volumePath(`${index}`);
  await makeVolume(size, path);
  const node = { key: "kubernetes.io/hostname", operator: "In", values: [nodeName] };
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `local-${index}` },
    spec: {
      capacity: { storage: `${size}Gi` },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: storageClass,
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [node] }] } },
    },
  };
}

/** Makes volumes of this machine; gives the objects for them and their class. */
export const storageObjects = async (): Promise<KubernetesObject[]> => [
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: storageClass },
    provisioner: "kubernetes.io/no-provisioner",
    reclaimPolicy: "Retain",
    volumeBindingMode: "WaitForFirstConsumer",
  },
  ...(await Promise.all(sizes.map(volume))),
];
