import { UNKNOWN, type Value } from "../../../protocol/properties";
import { allOf, anyOf, is, set } from "../../conditions";
import type { Context } from "../../context";
import { judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, StackRule } from "../../rule";
import type { Stack } from "../../stack";
import { items, read } from "../../values";
import { allVerdicts, fail, type Judged, open, pass } from "../../verdict";

const known = {
  id: "K8S-26",
  parameters: {
    classes: {
      type: "array",
      items: { type: "string" },
      description: "Storage classes of the cluster that are encrypted and keep a volume whose claim is gone.",
      default: [],
    },
  },
} as const;

const types = [
  "kubernetes:core/v1:PersistentVolumeClaim",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:postgresql.cnpg.io/v1:Cluster",
] as const;

/** The storage classes that an object asks volumes of; undefined is the cluster's default. */
function classesOf({ type, inputs }: Resource): readonly (Value | undefined)[] {
  if (type === types[0]) return [read(inputs, "spec.storageClassName")];
  if (type === types[1])
    return (items(inputs, "spec.volumeClaimTemplates") ?? [UNKNOWN]).map((claim) =>
      claim === UNKNOWN ? UNKNOWN : read(claim, "spec.storageClassName"),
    );
  const storages = ["storage", "walStorage"].map((key) => read(inputs, `spec.${key}`));
  return storages.flatMap((each) =>
    each === UNKNOWN ? [UNKNOWN] : each === undefined ? [] : [read(each, "storageClass")],
  );
}

const retained = is("reclaimPolicy", "Retain");
const ownKey = anyOf(set("parameters.diskEncryptionSetID"), set("parameters.diskEncryptionSetId"));

function judgeClass(stack: Stack, name: Value | undefined, context: Context): Judged {
  if (name === UNKNOWN) return open("the storage class is not known yet");
  if (name === undefined) return fail("it names no storage class, and the cluster's default may be any");
  const made = stack
    .of("kubernetes:storage.k8s.io/v1:StorageClass")
    .find(({ inputs }) => read(inputs, "metadata.name") === name);
  // AKS encrypts the disks of every class by the key that its nodes have.
  const encrypted = stack
    .of("azure-native:containerservice:ManagedCluster")
    .map((cluster) => judged(set("diskEncryptionSetID"), cluster, context));
  if (made)
    return judged(
      encrypted.some(({ verdict }) => verdict === "pass") ? retained : allOf(ownKey, retained),
      made,
      context,
    );
  return context.parameter<readonly string[]>(known, "classes").includes(String(name))
    ? pass
    : fail(`the storage class ${name} is neither of this stack nor in the rule's classes`);
}

/** A rule on the volumes of a cluster. */
export const volumeRules: readonly StackRule[] = [
  {
    ...known,
    name: "volumes-encrypted-and-retained",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "Volumes are encrypted by a key of the team's, and stay when their claim goes.",
    remediation:
      "Set ecluse:kubernetes.storageClass to a class that is encrypted and retains, and list it in " +
      "policies/config.json under K8S-26.",
    deviation:
      "The team's own classes are in no plan: those that the team has listed count. PostgreSQL's " +
      "volumes, which its operator makes, too; and AKS's classes take the key of its nodes.",
    *check(stack, context): Iterable<Finding> {
      for (const resource of stack.of(...types)) {
        const classes = classesOf(resource);
        if (classes.length > 0)
          yield {
            urn: resource.urn,
            ...allVerdicts(classes.map((name) => judgeClass(stack, name, context))),
          };
      }
    },
  },
];
