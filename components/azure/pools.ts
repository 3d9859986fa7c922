import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as pulumi from "@pulumi/pulumi";
import { buildNode } from "../kubernetes/labels";
import type { AzureContext, AzureNetwork } from "./context";

/** What keeps pods that ask for no GPU off the nodes that have one. */
const gpuTaint = "nvidia.com/gpu=present:NoSchedule";

/** @throws Error when the user pool could not hold its least number of nodes. */
export function checkPools({ azure, profile, settings }: AzureContext): void {
  const { maxUserNodes } = azure.nodes;
  const least = Math.max(1, profile.userNodes);
  if (maxUserNodes < least)
    throw new Error(
      `ecluse:azure.nodes.maxUserNodes is ${maxUserNodes}: profile ${settings.profile} needs at least ${least}`,
    );
}

/** What all pools have: their subnet, encryption on the host, no public address, and zones where the profile asks for them. */
function poolInputs({ azure, profile, tags }: AzureContext, network: AzureNetwork, vmSize: string) {
  return {
    vmSize,
    type: "VirtualMachineScaleSets",
    osType: "Linux",
    vnetSubnetID: network.nodesSubnetId,
    enableNodePublicIP: false,
    enableEncryptionAtHost: true,
    availabilityZones: profile.highAvailability ? [...azure.nodes.zones] : undefined,
    upgradeSettings: { maxSurge: "33%" },
    tags,
  };
}

/** The pool of the cluster's own parts, which AKS wants with the cluster itself; its size is fixed, so that no update resets it. */
export function systemPool(context: AzureContext, network: AzureNetwork) {
  return {
    ...poolInputs(context, network, context.azure.nodes.systemSize),
    name: "system",
    mode: "System",
    osSKU: "AzureLinux",
    count: context.profile.systemNodes,
    nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
  };
}

/** Makes the pools of the workloads: one that follows their number, and one with GPUs that stands empty while nobody trains. */
export function makeUserPools(
  context: AzureContext,
  network: AzureNetwork,
  clusterName: pulumi.Input<string>,
): void {
  const { gpuSize, userSize, maxUserNodes } = context.azure.nodes;
  const make = (agentPoolName: string, size: string, extra: Partial<containerservice.AgentPoolArgs>) =>
    new containerservice.AgentPool(
      `${agentPoolName}-pool`,
      {
        ...poolInputs(context, network, size),
        agentPoolName,
        resourceGroupName: context.resourceGroupName,
        resourceName: clusterName,
        mode: "User",
        enableAutoScaling: true,
        ...extra,
      },
      context.options,
    );
  make("user", userSize, {
    osSKU: "AzureLinux",
    minCount: context.profile.userNodes,
    maxCount: maxUserNodes,
  });
  if (context.settings.cluster?.builds)
    make("build", userSize, {
      osSKU: "AzureLinux",
      minCount: 0,
      maxCount: 2,
      nodeLabels: { [buildNode.key]: buildNode.value },
      nodeTaints: [`${buildNode.key}=${buildNode.value}:NoSchedule`],
    });
  const trainings = context.settings.useCases.filter(({ gpu }) => gpu).length;
  if (gpuSize)
    // Azure installs NVIDIA's driver on Ubuntu for every size that has a GPU. One node for each use case that may train on one.
    make("gpu", gpuSize, {
      osSKU: "Ubuntu",
      minCount: 0,
      maxCount: Math.max(1, trainings),
      nodeTaints: [gpuTaint],
    });
}
