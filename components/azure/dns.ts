import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";
import { within } from "../scope";
import { type AzureScope, placed } from "./scope";

/** DNS zones of private endpoints, and the one of a PostgreSQL server in a delegated subnet. */
export type PrivateZone =
  | "privatelink.blob.core.windows.net"
  | "privatelink.vaultcore.azure.net"
  | "privatelink.azurecr.io"
  | "privatelink.postgres.database.azure.com"
  | "privatelink.monitor.azure.com"
  | "privatelink.oms.opinsights.azure.com"
  | "privatelink.ods.opinsights.azure.com"
  | "privatelink.agentsvc.azure-automation.net"
  | "ecluse.private.postgres.database.azure.com";

/** Services that are reached by private endpoints. */
export type PrivateService = "blob" | "vault" | "registry" | "postgres" | "monitor";

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

/** What private zones are made from. */
export interface PrivateZonesArgs {
  readonly scope: AzureScope;
  readonly virtualNetworkId: pulumi.Input<string>;
  /** Id of the resource group that holds the team's zones; undefined where every zone is made here. */
  readonly existingGroupId?: string;
}

/** The DNS zones by which a network finds private endpoints. */
export class PrivateZones extends pulumi.ComponentResource {
  private readonly ids = new Map<PrivateZone, pulumi.Output<string>>();

  constructor(
    private readonly name: string,
    private readonly args: PrivateZonesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:azure:PrivateZones", name, {}, opts);
    this.registerOutputs({});
  }

  /** Id of a zone that the network resolves by: the team's own, or one made and linked on first use. */
  id(zone: PrivateZone): pulumi.Output<string> {
    const id = this.ids.get(zone) ?? this.existing(zone) ?? this.make(zone);
    this.ids.set(zone, id);
    return id;
  }

  private existing(zone: PrivateZone): pulumi.Output<string> | undefined {
    const { existingGroupId } = this.args;
    // A team keeps the zones that Azure prescribes; the one of a delegated server is named by Écluse.
    return existingGroupId && zone.startsWith("privatelink.")
      ? pulumi.output(`${existingGroupId}/providers/Microsoft.Network/privateDnsZones/${zone}`)
      : undefined;
  }

  private make(zone: PrivateZone): pulumi.Output<string> {
    const scope = within(this.args.scope, this);
    const common = { ...placed(scope), location: "global" };
    const made = new privatedns.PrivateZone(
      `${this.name}-${zone}`,
      { ...common, privateZoneName: zone },
      scope.options,
    );
    const link = new privatedns.VirtualNetworkLink(
      `${this.name}-${zone}-link`,
      {
        ...common,
        privateZoneName: made.name,
        virtualNetworkLinkName: scope.names.virtualNetwork,
        virtualNetwork: { id: this.args.virtualNetworkId },
        registrationEnabled: false,
      },
      scope.options,
    );
    // What uses the zone waits for the link too: before it, nothing in the network resolves its names.
    return pulumi.all([made.id, link.id]).apply(([id]) => id);
  }
}

/** The parts of a network that private endpoints are put into. */
export interface EndpointNetwork {
  readonly endpointsSubnetId: pulumi.Output<string>;
  /** Id of the private zone of a service, linked to the network. */
  privateZone(zone: PrivateZone): pulumi.Output<string>;
}

/** What a private endpoint leads to. */
export interface PrivateEndpointArgs {
  readonly network: EndpointNetwork;
  readonly service: PrivateService;
  readonly resourceId: pulumi.Input<string>;
  /** Distinguishes a second one of the same service in names on Azure; by default it is the service. */
  readonly use?: string;
}

/**
 * Makes a private endpoint, and gives its DNS zone group: after it the service's name leads to the endpoint, so that
 * what uses the service depends on it.
 */
export function privateEndpoint(name: string, args: PrivateEndpointArgs, scope: AzureScope): pulumi.Resource {
  const { network: place, service, resourceId, use = service } = args;
  const endpoint = new network.PrivateEndpoint(
    `${name}-endpoint`,
    {
      ...placed(scope),
      privateEndpointName: scope.names.privateEndpoint(use),
      subnet: { id: place.endpointsSubnetId },
      privateLinkServiceConnections: [
        { name: use, privateLinkServiceId: resourceId, groupIds: [services[service].group] },
      ],
    },
    scope.options,
  );
  return zoneGroup(`${name}-names`, args, endpoint.name, scope);
}

/** Keeps the names of a service in the network's private zones, where they lead to an endpoint. */
function zoneGroup(
  name: string,
  { network: place, service }: PrivateEndpointArgs,
  privateEndpointName: pulumi.Output<string>,
  { resourceGroupName, options }: AzureScope,
): pulumi.Resource {
  const privateDnsZoneConfigs = services[service].zones.map((zone) => ({
    name: zone.replaceAll(".", "-"),
    privateDnsZoneId: place.privateZone(zone),
  }));
  const group = { privateDnsZoneGroupName: "default", privateEndpointName, resourceGroupName };
  return new network.PrivateDnsZoneGroup(name, { ...group, privateDnsZoneConfigs }, options);
}
