import { chmodSync, mkdirSync } from "node:fs";
import { at } from "./addresses";
import type { KubernetesObject } from "./client";
import { nodeName } from "./node";

/** The class that the shipped stacks name. Here it is only a name: folders of this machine encrypt nothing. */
const storageClass = "encrypted-retain";

// As large as the shipped stacks ask for; nothing holds a folder to its size.
const sizes = [20, 20, 20, 20, 50, 50];

function volume(size: number, number: number): KubernetesObject {
  const path = at("volumes", String(number));
  mkdirSync(path, { recursive: true });
  // Pods run as different users; the kubelet gives a `local` volume to the group of its pod.
  chmodSync(path, 0o777);
  const node = { key: "kubernetes.io/hostname", operator: "In", values: [nodeName] };
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `local-${number}` },
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

/** Volumes that are folders of this machine, and their class. */
export const storageObjects = (): KubernetesObject[] => [
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: storageClass },
    provisioner: "kubernetes.io/no-provisioner",
    reclaimPolicy: "Retain",
    volumeBindingMode: "WaitForFirstConsumer",
  },
  ...sizes.map(volume),
];
