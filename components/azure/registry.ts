import * as containerregistry from "@pulumi/azure-native/containerregistry";
import type * as pulumi from "@pulumi/pulumi";
import { stateful } from "../stateful";
import type { AzureContext, AzureNetwork } from "./context";

/** The registry that the environment's cluster pulls its images from. */
export interface AzureRegistry {
  readonly id: pulumi.Output<string>;
  /** Host of its images' references. */
  readonly loginServer: pulumi.Output<string>;
  /** What a pull must wait for: in production the private endpoint. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * The environment's registry: in production closed to all but the network, elsewhere the cheapest, which knows no private endpoint.
 * Its images hold neither models nor data and are encrypted with Microsoft's key: a registry cannot reach a key of our own in a vault
 * that is closed to the public.
 */
export function registry(context: AzureContext, network: AzureNetwork): AzureRegistry {
  const { production, resourceGroupName, azure, names, tags, options } = context;
  const made = new containerregistry.Registry(
    "registry",
    {
      registryName: names.registry,
      resourceGroupName,
      location: azure.location,
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      ...(production ? closed(azure.nodes.zones) : { sku: { name: "Basic" } }),
      tags,
    },
    { ...options, ...stateful("azure-native:containerregistry:Registry", production) },
  );
  const dependsOn = production ? [network.privateEndpoint("registry", made.id)] : [];
  return { id: made.id, loginServer: made.loginServer, dependsOn };
}

const closed = (zones: readonly string[]) => ({
  sku: { name: "Premium" },
  publicNetworkAccess: "Disabled",
  networkRuleSet: { defaultAction: "Deny", ipRules: [] },
  // By it `az acr import` brings images in, under the role of who calls it.
  networkRuleBypassOptions: "AzureServices",
  zoneRedundancy: zones.length > 1 ? "Enabled" : "Disabled",
  policies: {
    exportPolicy: { status: "disabled" },
    softDeletePolicy: { status: "enabled", retentionDays: 30 },
    // It would delete manifests without a tag, and what runs is pinned by digest; Azure allows one of the two.
    retentionPolicy: { status: "disabled" },
    // Nobody could pull what no scanner has marked.
    quarantinePolicy: { status: "disabled" },
  },
});
