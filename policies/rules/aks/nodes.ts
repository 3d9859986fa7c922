import { isWord, setFrom } from "../../azure";
import {
  allOf,
  anyOf,
  atLeast,
  confidential,
  every,
  given,
  holds,
  implies,
  is,
  isNot,
  ofType,
} from "../../conditions";
import type { Condition, Rule } from "../../rule";

const cluster = "azure-native:containerservice:ManagedCluster";
const pool = "azure-native:containerservice:AgentPool";
const where = "components/azure/pools.ts";

/** The condition holds for a pool, and for each pool that a cluster is made with. */
const inPools = (condition: Condition): Condition =>
  allOf(ofType(pool, condition), ofType(cluster, every("agentPoolProfiles", condition)));

const twoNodes = anyOf(
  allOf(is("enableAutoScaling", true), atLeast("minCount", 2)),
  allOf(isNot("enableAutoScaling", true), atLeast("count", 2)),
);
const twoZones = holds(
  "availabilityZones",
  (zones) => Array.isArray(zones) && zones.length >= 2,
  "a list of two zones or more",
);

const supported = {
  id: "AKS-18",
  parameters: {
    versions: {
      type: "array",
      items: { type: "string" },
      description: "Minor versions of Kubernetes that Azure supports.",
      default: ["1.33", "1.34", "1.35"],
    },
  },
} as const;

/** Rules on the cluster's nodes, and on how they and the control plane are kept up to date. */
export const aksNodesRules: readonly Rule[] = [
  {
    id: "AKS-10",
    name: "nodes-without-public-address",
    scope: "resource",
    severity: "high",
    environments: "all",
    types: [cluster, pool],
    description: "No node has a public address.",
    remediation: `Set enableNodePublicIP to false in ${where}.`,
    check: inPools(isNot("enableNodePublicIP", true)),
  },
  {
    id: "AKS-11",
    name: "node-disks-encrypted",
    scope: "resource",
    severity: "medium",
    environments: "production",
    types: [cluster, pool],
    description:
      "The nodes' disks are encrypted on the host; confidential data's with a key of the environment's own.",
    remediation: `Set enableEncryptionAtHost in ${where}, and give the cluster a disksKey (components/azure/args.ts).`,
    check: allOf(
      inPools(is("enableEncryptionAtHost", true)),
      ofType(
        cluster,
        implies(confidential, setFrom("diskEncryptionSetID", "azure-native:compute:DiskEncryptionSet")),
      ),
    ),
  },
  {
    id: "AKS-16",
    name: "patched-by-itself",
    scope: "resource",
    severity: "medium",
    environments: "all",
    types: [cluster],
    description: "Azure patches the control plane and the nodes' system by itself.",
    remediation: "Set autoUpgradeProfile to patch and NodeImage in components/azure/cluster.ts.",
    deviation: "The channel node-image is refused too: it leaves the control plane without patches.",
    check: allOf(
      isWord("autoUpgradeProfile.upgradeChannel", "patch", "stable", "rapid"),
      isWord("autoUpgradeProfile.nodeOSUpgradeChannel", "NodeImage", "SecurityPatch"),
    ),
  },
  {
    ...supported,
    name: "supported-version",
    scope: "resource",
    severity: "medium",
    environments: "all",
    types: [cluster],
    description: "The cluster's version of Kubernetes is one that Azure still supports.",
    remediation: "Set ecluse:azure.nodes.kubernetesVersion to a version of AKS-18 in policies/config.json.",
    check: given(supported, "versions", (versions: readonly string[]) =>
      holds(
        "kubernetesVersion",
        (value) => versions.some((version) => `${value}.`.startsWith(`${version}.`)),
        versions.join(" or "),
      ),
    ),
  },
  {
    id: "AKS-19",
    name: "survives-a-zone",
    scope: "resource",
    severity: "low",
    environments: "production",
    types: [cluster, pool],
    description:
      "The control plane has an SLA, pools stand in two zones, and the cluster's own parts on two nodes.",
    remediation: "Set ecluse:profile to standard or full, in a region with zones.",
    deviation: "Pools that are made apart from the cluster must have two zones too.",
    check: allOf(
      ofType(cluster, isWord("sku.tier", "Standard", "Premium")),
      inPools(allOf(twoZones, implies(isWord("mode", "System"), twoNodes))),
    ),
  },
  {
    id: "AKS-20",
    name: "node-group-read-only",
    scope: "resource",
    severity: "medium",
    environments: "production",
    types: [cluster],
    description: "Nobody changes nodes past the cluster, in the resource group that AKS keeps them in.",
    remediation: "Set nodeResourceGroupProfile.restrictionLevel to ReadOnly in components/azure/cluster.ts.",
    check: isWord("nodeResourceGroupProfile.restrictionLevel", "ReadOnly"),
  },
];
