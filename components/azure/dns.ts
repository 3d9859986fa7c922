import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";
import { type AzureContext, type PrivateService, type PrivateZone, within } from "./context";

/** The sub-resource that a private endpoint leads to, and the zones that its names are in. */
const services: Readonly<Record<PrivateService, { group: string; zones: readonly PrivateZone[] }>> = {
  blob: { group: "blob", zones: ["privatelink.blob.core.windows.net"] },
  vault: { group: "vault", zones: ["privatelink.vaultcore.azure.net"] },
  registry: { group: "registry", zones: ["privatelink.azurecr.io"] },
  postgres: { group: "postgresqlServer", zones: ["privatelink.postgres.database.azure.com"] },
  monitor: {
    group: "azuremonitor",
    zones: [
      "privatelink.monitor.azure.com",
      "privatelink.oms.opinsights.azure.com",
      "privatelink.ods.opinsights.azure.com",
      "privatelink.agentsvc.azure-automation.net",
    ],
  },
};

/** What private names are made with. */
export interface PrivateNamesArgs {
  readonly context: AzureContext;
  readonly virtualNetworkId: pulumi.Input<string>;
  readonly endpointsSubnetId: pulumi.Input<string>;
}

/** Private endpoints of an environment and the DNS zones that lead to them. */
export class PrivateNames extends pulumi.ComponentResource {
  private readonly zones = new Map<PrivateZone, pulumi.Output<string>>();

  private readonly context: AzureContext;

  constructor(
    name: string,
    private readonly args: PrivateNamesArgs,
  ) {
    super("ecluse:azure:PrivateNames", name, {}, args.context.options);
    this.context = within(args.context, this);
    this.registerOutputs({});
  }

  /** Id of a zone that the network resolves by: the team's own, or one made and linked on first use. */
  zone(zone: PrivateZone): pulumi.Output<string> {
    const id = this.zones.get(zone) ?? this.existingZone(zone) ?? this.makeZone(zone);
    this.zones.set(zone, id);
    return id;
  }

  /** A private endpoint named `name`; gives its DNS zone group, after which the service's name leads to it. */
  endpoint(service: PrivateService, resourceId: pulumi.Input<string>, name: string): pulumi.Resource {
    const { context } = this;
    const { group, zones } = services[service];
    const endpoint = new network.PrivateEndpoint(
      `${name}-endpoint`,
      {
        privateEndpointName: context.names.privateEndpoint(name),
        resourceGroupName: context.resourceGroupName,
        location: context.azure.location,
        subnet: { id: this.args.endpointsSubnetId },
        privateLinkServiceConnections: [{ name, privateLinkServiceId: resourceId, groupIds: [group] }],
        tags: context.tags,
      },
      context.options,
    );
    return new network.PrivateDnsZoneGroup(
      `${name}-names`,
      {
        privateDnsZoneGroupName: "default",
        privateEndpointName: endpoint.name,
        resourceGroupName: context.resourceGroupName,
        privateDnsZoneConfigs: zones.map((zone) => ({
          name: zone.replaceAll(".", "-"),
          privateDnsZoneId: this.zone(zone),
        })),
      },
      context.options,
    );
  }

  private existingZone(zone: PrivateZone): pulumi.Output<string> | undefined {
    const group = this.context.azure.network.existing?.privateDnsResourceGroupId;
    // A team keeps the zones that Azure prescribes; the one of a delegated server is named by Écluse.
    return group && zone.startsWith("privatelink.")
      ? pulumi.output(`${group}/providers/Microsoft.Network/privateDnsZones/${zone}`)
      : undefined;
  }

  private makeZone(zone: PrivateZone): pulumi.Output<string> {
    const { context } = this;
    const common = {
      privateZoneName: zone,
      resourceGroupName: context.resourceGroupName,
      location: "global",
      tags: context.tags,
    };
    const made = new privatedns.PrivateZone(zone, common, context.options);
    const link = new privatedns.VirtualNetworkLink(
      `${zone}-link`,
      {
        ...common,
        privateZoneName: made.name,
        virtualNetworkLinkName: context.names.virtualNetwork,
        virtualNetwork: { id: this.args.virtualNetworkId },
        registrationEnabled: false,
      },
      context.options,
    );
    // What uses the zone waits for the link too: before it, nothing in the network resolves its names.
    return pulumi.all([made.id, link.id]).apply(([id]) => id);
  }
}
