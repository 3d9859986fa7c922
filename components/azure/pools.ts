import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as pulumi from "@pulumi/pulumi";
import { InputError } from "../errors";
import { buildNode } from "../kubernetes/labels";
import type { AzureScope } from "./scope";

/** Sizes and numbers of a cluster's nodes. */
export interface PoolsArgs {
  /** Size and fixed number of the nodes for the cluster's own parts. */
  readonly systemSize: string;
  readonly systemNodes: number;
  /** Size of the nodes for workloads, their least number and their most. */
  readonly userSize: string;
  readonly userNodes: number;
  readonly maxUserNodes: number;
  /** Zones that nodes are spread over; undefined where they are not. */
  readonly zones?: readonly string[];
  /** Whether images are built on nodes of their own. */
  readonly imageBuilds: boolean;
  /** Size of nodes with a GPU, and the most of them; undefined for none. */
  readonly gpu?: { readonly size: string; readonly maxNodes: number };
}

/** @throws InputError where the nodes for workloads could not be as many as they must be at least. */
export function checkPools({ userNodes, maxUserNodes }: PoolsArgs): void {
  const least = Math.max(1, userNodes);
  if (maxUserNodes < least)
    throw new InputError("pools.maxUserNodes", maxUserNodes, `set it to at least ${least}`);
}

/** What keeps pods that ask for no GPU off the nodes that have one. */
const gpuTaint = "nvidia.com/gpu=present:NoSchedule";

/** What all pools have: their subnet, encryption on the host, no public address, and zones. */
const poolInputs = (
  vmSize: string,
  { zones }: PoolsArgs,
  subnetId: pulumi.Input<string>,
  scope: AzureScope,
) => ({
  vmSize,
  type: "VirtualMachineScaleSets",
  osType: "Linux",
  vnetSubnetID: subnetId,
  enableNodePublicIP: false,
  enableEncryptionAtHost: true,
  availabilityZones: zones && [...zones],
  upgradeSettings: { maxSurge: "33%" },
  tags: scope.tags,
});

/**
 * The pool of the cluster's own parts, which AKS wants with the cluster itself; its size is fixed, so that no update
 * resets it.
 */
export const systemPool = (pools: PoolsArgs, subnetId: pulumi.Input<string>, scope: AzureScope) => ({
  ...poolInputs(pools.systemSize, pools, subnetId, scope),
  name: "system",
  mode: "System",
  osSKU: "AzureLinux",
  count: pools.systemNodes,
  nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
});

/** Where pools of nodes are put. */
export interface PoolPlace {
  readonly clusterName: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
}

/**
 * Makes the pools of the workloads: one that follows their number, and those that stand empty while nobody builds or
 * trains.
 */
export function makeUserPools(name: string, pools: PoolsArgs, place: PoolPlace, scope: AzureScope): void {
  for (const [agentPoolName, { size, ...inputs }] of Object.entries(userPools(pools)))
    new containerservice.AgentPool(
      `${name}-${agentPoolName}`,
      {
        ...poolInputs(size, pools, place.subnetId, scope),
        agentPoolName,
        resourceGroupName: scope.resourceGroupName,
        resourceName: place.clusterName,
        mode: "User",
        enableAutoScaling: true,
        ...inputs,
      },
      scope.options,
    );
}

interface UserPool extends Partial<containerservice.AgentPoolArgs> {
  readonly size: string;
}

function userPools({
  userSize,
  userNodes,
  maxUserNodes,
  imageBuilds,
  gpu,
}: PoolsArgs): Record<string, UserPool> {
  const user = { size: userSize, osSKU: "AzureLinux" };
  return {
    user: { ...user, minCount: userNodes, maxCount: maxUserNodes },
    ...(imageBuilds && {
      build: {
        ...user,
        minCount: 0,
        maxCount: 2,
        nodeLabels: { [buildNode.key]: buildNode.value },
        nodeTaints: [`${buildNode.key}=${buildNode.value}:NoSchedule`],
      },
    }),
    // Azure installs NVIDIA's driver on Ubuntu for every size that has a GPU.
    ...(gpu && {
      gpu: { size: gpu.size, osSKU: "Ubuntu", minCount: 0, maxCount: gpu.maxNodes, nodeTaints: [gpuTaint] },
    }),
  };
}
