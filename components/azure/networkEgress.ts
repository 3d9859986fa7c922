import * as network from "@pulumi/azure-native/network";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureContext } from "./context";

/** How the nodes' subnet reaches the Internet, and the address it comes from where that is known here. */
export interface Egress {
  readonly subnet: Pick<network.SubnetArgs, "natGateway" | "routeTable">;
  readonly address?: pulumi.Output<string>;
}

/** Makes the nodes' way out: one fixed address of their own, or a route to the team's firewall. */
export function makeEgress(name: string, context: AzureContext): Egress {
  const { egress } = context.azure.network;
  if (egress === "natGateway") return natGateway(name, context);
  return { subnet: { routeTable: { id: routeTable(name, context, egress.firewallAddress).id } } };
}

function natGateway(name: string, context: AzureContext): Egress {
  const common = commonInputs(context);
  const address = new network.PublicIPAddress(
    `${name}-egress`,
    {
      ...common,
      publicIpAddressName: context.names.publicAddress,
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
    },
    context.options,
  );
  const gateway = new network.NatGateway(
    `${name}-egress`,
    {
      ...common,
      natGatewayName: context.names.natGateway,
      sku: { name: "Standard" },
      publicIpAddresses: [{ id: address.id }],
    },
    context.options,
  );
  return {
    subnet: { natGateway: { id: gateway.id } },
    address: address.ipAddress.apply((known) => known ?? ""),
  };
}

function routeTable(name: string, context: AzureContext, firewallAddress: string) {
  return new network.RouteTable(
    `${name}-egress`,
    {
      ...commonInputs(context),
      routeTableName: context.names.routeTable,
      // Routes learnt from a VPN could lead around the firewall.
      disableBgpRoutePropagation: true,
      routes: [
        {
          name: "firewall",
          addressPrefix: "0.0.0.0/0",
          nextHopType: "VirtualAppliance",
          nextHopIpAddress: firewallAddress,
        },
      ],
    },
    context.options,
  );
}

const commonInputs = ({ resourceGroupName, azure, tags }: AzureContext) => ({
  resourceGroupName,
  location: azure.location,
  tags,
});
