import * as pulumi from "@pulumi/pulumi";
import type { Egress } from "../kubernetes/foundation";
import { prefixLength } from "./cidr";
import type { AzureContext, AzureNetwork } from "./context";

/** Whether the API server has no public address: always in production, and wherever the deployer is inside of the network. */
const isPrivate = ({ production, azure }: AzureContext) => production || azure.deployer.reach === "vnet";

/**
 * Refuses a cluster whose API would be open to all, or whose Secrets could not be encrypted as asked.
 * @throws Error that names the setting.
 */
export function checkApi(context: AzureContext, network: AzureNetwork, encrypted: boolean): void {
  const { reach } = context.azure.deployer;
  if (
    reach !== "vnet" &&
    (reach.ranges.length === 0 || reach.ranges.some((range) => prefixLength(range) < 8))
  )
    throw new Error(
      `ecluse:azure.deployer.reach.ranges is ${JSON.stringify(reach.ranges)}: name the addresses that you deploy from, none wider than a /8`,
    );
  if (encrypted && !network.apiServerSubnetId)
    throw new Error(
      "ecluse:azure.network.existing.apiServerSubnetId is not set: give a subnet delegated to Microsoft.ContainerService/managedClusters, by which the API server reaches the private vault",
    );
}

/** Who can reach the API server: the network alone, or the deployer's addresses and the nodes' own. */
export function apiServerAccess(context: AzureContext, network: AzureNetwork, encrypted: boolean) {
  const { deployer, network: settings } = context.azure;
  const common = {
    disableRunCommand: true,
    // The vault is private: only an API server that is in the network reaches it.
    ...(encrypted ? { enableVnetIntegration: true, subnetId: network.apiServerSubnetId } : {}),
  };
  if (isPrivate(context))
    return {
      ...common,
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      privateDNSZone: "system",
    };
  const nodes = network.egressAddress ? [pulumi.interpolate`${network.egressAddress}/32`] : [];
  return {
    ...common,
    enablePrivateCluster: false,
    authorizedIPRanges: [
      ...(deployer.reach === "vnet" ? [] : deployer.reach.ranges),
      ...settings.egressAddresses,
      ...nodes,
    ],
  };
}

/**
 * Where pods reach the API server: in its subnet, or by the private endpoint that AKS puts among the nodes. The address of a public one is
 * known to nobody before it is made: `egressRanges` must name it.
 */
export function apiServerEgress(context: AzureContext, network: AzureNetwork, encrypted: boolean): Egress[] {
  if (!isPrivate(context)) return [];
  const cidr = encrypted ? network.ranges.apiServer : network.ranges.nodes;
  return [{ to: [{ ipBlock: { cidr } }], ports: [443] }];
}
