import * as network from "@pulumi/azure-native/network";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureContext } from "./context";
import { makeEgress } from "./networkEgress";
import { openings, type SubnetUse, securityRules, subnetRanges } from "./subnets";

/** Ids of a network and of its subnets; an existing network may have none for the API server. */
export interface SubnetIds extends Record<Exclude<SubnetUse, "apiServer">, pulumi.Output<string>> {
  readonly virtualNetwork: pulumi.Output<string>;
  readonly apiServer?: pulumi.Output<string>;
  readonly egressAddress?: pulumi.Output<string>;
  /** Of the security groups made here, for their diagnostics. */
  readonly securityGroups: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Makes a VNet with its subnets, a security group for each, and the nodes' way out. */
export function makeSubnets(name: string, context: AzureContext): SubnetIds {
  const virtualNetwork = makeVirtualNetwork(name, context);
  const egress = makeEgress(name, context);
  const securityGroups: Record<string, pulumi.Output<string>> = {};
  let previous: network.Subnet | undefined;
  const make = (use: SubnetUse, extra: Partial<network.SubnetArgs>) => {
    const group = makeSecurityGroup(name, context, use);
    securityGroups[use] = group.id;
    previous = new network.Subnet(
      `${name}-${use}`,
      {
        ...subnetInputs(context, use),
        virtualNetworkName: virtualNetwork.name,
        networkSecurityGroup: { id: group.id },
        ...extra,
      },
      // Azure refuses two writes of subnets of one network at once.
      { ...context.options, dependsOn: previous ? [previous] : [] },
    );
    return previous.id;
  };
  return {
    virtualNetwork: virtualNetwork.id,
    nodes: make("nodes", egress.subnet),
    endpoints: make("endpoints", {}),
    database: make("database", databaseDelegation(context)),
    apiServer: make("apiServer", delegation("Microsoft.ContainerService/managedClusters")),
    egressAddress: egress.address,
    securityGroups,
  };
}

const delegation = (serviceName: string) => ({ delegations: [{ name: "service", serviceName }] });

const databaseDelegation = ({ azure }: AzureContext) =>
  azure.database.access === "delegatedSubnet" ? delegation("Microsoft.DBforPostgreSQL/flexibleServers") : {};

function makeVirtualNetwork(name: string, context: AzureContext) {
  return new network.VirtualNetwork(
    name,
    {
      virtualNetworkName: context.names.virtualNetwork,
      resourceGroupName: context.resourceGroupName,
      location: context.azure.location,
      addressSpace: { addressPrefixes: [context.azure.network.addressSpace] },
      tags: context.tags,
    },
    // Subnets are resources of their own; the VNet's list of them would fight with these.
    { ...context.options, ignoreChanges: ["subnets"] },
  );
}

function makeSecurityGroup(name: string, context: AzureContext, use: SubnetUse) {
  return new network.NetworkSecurityGroup(
    `${name}-${use}-rules`,
    {
      networkSecurityGroupName: context.names.securityGroup(use),
      resourceGroupName: context.resourceGroupName,
      location: context.azure.location,
      securityRules: securityRules(openings(context.azure.network)[use]),
      tags: context.tags,
    },
    context.options,
  );
}

function subnetInputs(context: AzureContext, use: SubnetUse) {
  return {
    subnetName: context.names.subnet(use),
    resourceGroupName: context.resourceGroupName,
    addressPrefix: subnetRanges(context.azure.network.addressSpace)[use],
    defaultOutboundAccess: false,
    privateEndpointNetworkPolicies: "Enabled",
  };
}
