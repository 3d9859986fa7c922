import type * as azure from "@pulumi/azure-native";
import type * as pulumi from "@pulumi/pulumi";
import type { Profile } from "../profiles";
import type { AzureSettings, EnvironmentSettings } from "../settings";
import type { azureNames } from "./naming";

/** What every component of an environment on Azure is made with. */
export interface AzureContext {
  readonly settings: EnvironmentSettings;
  readonly azure: AzureSettings;
  readonly profile: Profile;
  readonly production: boolean;
  readonly names: ReturnType<typeof azureNames>;
  /** The environment's resource group: its name, and its id for role assignments. */
  readonly resourceGroupName: pulumi.Output<string>;
  readonly resourceGroupId: pulumi.Output<string>;
  /** Environment, tier, owner, cost center, data classification, managed-by. */
  readonly tags: Readonly<Record<string, string>>;
  /** The explicit provider; default providers are off. */
  readonly options: { readonly provider: azure.Provider; readonly parent?: pulumi.Resource };
}

/** The context of what is made inside of a component. */
export const within = (context: AzureContext, parent: pulumi.Resource): AzureContext => ({
  ...context,
  options: { provider: context.options.provider, parent },
});

/** The parts of the network that others are put into. */
export interface AzureNetwork {
  readonly virtualNetworkId: pulumi.Output<string>;
  readonly nodesSubnetId: pulumi.Output<string>;
  readonly endpointsSubnetId: pulumi.Output<string>;
  readonly databaseSubnetId: pulumi.Output<string>;
  /** Delegated to the cluster's API server; undefined where an existing network has none. */
  readonly apiServerSubnetId?: pulumi.Output<string>;
  /** Public address that nodes come from, where their way out is a NAT gateway made here. */
  readonly egressAddress?: pulumi.Output<string>;
  /** CIDR of each subnet, for NetworkPolicies; of an existing network only the whole address space is known. */
  readonly ranges: Readonly<Record<"nodes" | "endpoints" | "database" | "apiServer", string>>;
  /** Id of the private zone of a service, linked to the network; made on first use. */
  privateZone(zone: PrivateZone): pulumi.Output<string>;
  /**
   * A private endpoint with its DNS zone group; what uses the service depends on what this gives. `name` tells a second one of the
   * same service apart; by default it is the service.
   */
  privateEndpoint(service: PrivateService, resourceId: pulumi.Input<string>, name?: string): pulumi.Resource;
}

/** Services that are reached by private endpoints; `groupIds` and zones follow from it. */
export type PrivateService = "blob" | "vault" | "registry" | "postgres" | "monitor";

/** DNS zones of {@link PrivateService}, and the one of a PostgreSQL server in a delegated subnet. */
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
