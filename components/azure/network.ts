import * as pulumi from "@pulumi/pulumi";
import { overlaps } from "./cidr";
import {
  type AzureContext,
  type AzureNetwork,
  type PrivateService,
  type PrivateZone,
  within,
} from "./context";
import { PrivateNames } from "./dns";
import { makeSubnets, type SubnetIds } from "./networkSubnets";
import { clusterRanges, subnetRanges } from "./subnets";

/** An environment's network: its own, peered with no other, or the one that the team has. */
export class Network extends pulumi.ComponentResource implements AzureNetwork {
  readonly virtualNetworkId: pulumi.Output<string>;
  readonly nodesSubnetId: pulumi.Output<string>;
  readonly endpointsSubnetId: pulumi.Output<string>;
  readonly databaseSubnetId: pulumi.Output<string>;
  readonly apiServerSubnetId?: pulumi.Output<string>;
  readonly egressAddress?: pulumi.Output<string>;
  readonly ranges: AzureNetwork["ranges"];
  /** Ids of the security groups made here, by the subnet's use, for their diagnostics. */
  readonly securityGroupIds: SubnetIds["securityGroups"];
  private readonly names: PrivateNames;

  constructor(name: string, context: AzureContext) {
    super("ecluse:azure:Network", name, {}, context.options);
    const { addressSpace, clientRanges, existing } = context.azure.network;
    const cut = subnetRanges(addressSpace);
    checkClusterRanges("addressSpace", addressSpace);
    for (const range of clientRanges) checkClusterRanges("clientRanges", range);
    const inside = within(context, this);
    const ids = existing ? existingSubnets(existing) : makeSubnets(name, inside);
    this.virtualNetworkId = ids.virtualNetwork;
    this.nodesSubnetId = ids.nodes;
    this.endpointsSubnetId = ids.endpoints;
    this.databaseSubnetId = ids.database;
    this.apiServerSubnetId = ids.apiServer;
    this.egressAddress = ids.egressAddress;
    this.securityGroupIds = ids.securityGroups;
    this.ranges = existing
      ? { nodes: addressSpace, endpoints: addressSpace, database: addressSpace, apiServer: addressSpace }
      : cut;
    this.names = new PrivateNames(`${name}-names`, {
      context: inside,
      virtualNetworkId: ids.virtualNetwork,
      endpointsSubnetId: ids.endpoints,
    });
    this.registerOutputs({ virtualNetworkId: this.virtualNetworkId });
  }

  privateZone(zone: PrivateZone): pulumi.Output<string> {
    return this.names.zone(zone);
  }

  privateEndpoint(
    service: PrivateService,
    resourceId: pulumi.Input<string>,
    name: string = service,
  ): pulumi.Resource {
    return this.names.endpoint(service, resourceId, name);
  }
}

function existingSubnets(existing: NonNullable<AzureContext["azure"]["network"]["existing"]>): SubnetIds {
  return {
    virtualNetwork: pulumi.output(existing.virtualNetworkId),
    nodes: pulumi.output(existing.nodesSubnetId),
    endpoints: pulumi.output(existing.endpointsSubnetId),
    database: pulumi.output(existing.databaseSubnetId),
    apiServer: existing.apiServerSubnetId ? pulumi.output(existing.apiServerSubnetId) : undefined,
    securityGroups: {},
  };
}

/** Nodes could not tell an address of their network, or of who comes to it, from one of a pod. */
function checkClusterRanges(key: "addressSpace" | "clientRanges", own: string): void {
  const taken = [clusterRanges.pods, clusterRanges.services].find((range) => overlaps(own, range));
  if (taken)
    throw new Error(
      `ecluse:azure.network.${key} is ${JSON.stringify(own)}: it overlaps ${taken}, the cluster's own; choose another`,
    );
}
