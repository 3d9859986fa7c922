import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import { within } from "../scope";
import { stateful } from "../stateful";
import { privateEndpoint } from "./dns";
import { sendLogs } from "./logs";
import type { Monitoring } from "./monitoring";
import type { Network } from "./network";
import { type AzureScope, placed } from "./scope";

/** What a registry is made from. */
export interface RegistryArgs {
  readonly scope: AzureScope;
  readonly network: Pick<Network, "endpointsSubnetId" | "privateZone">;
  readonly monitoring: Pick<Monitoring, "workspaceId">;
  /** Zones of the region that copies of images are kept in. */
  readonly zones: readonly string[];
}

/**
 * The registry that an environment's cluster pulls its images from: in production closed to all but the network,
 * elsewhere the cheapest, which knows no private endpoint. Its images hold neither models nor data and are encrypted
 * with Microsoft's key: a registry cannot reach a key of our own in a vault that is closed to the public.
 */
export class Registry extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  /** Host of its images' references. */
  readonly loginServer: pulumi.Output<string>;
  /** What a pull must wait for: in production the private endpoint. */
  readonly ready: readonly pulumi.Resource[];

  constructor(
    name: string,
    { network, monitoring, zones, ...args }: RegistryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:azure:Registry", name, {}, opts);
    const scope = within(args.scope, this);
    const registry = new containerregistry.Registry(
      name,
      {
        ...placed(scope),
        registryName: scope.names.registry,
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        ...(scope.production ? closed(zones) : { sku: { name: "Basic" } }),
      },
      { ...scope.options, ...stateful("azure-native:containerregistry:Registry", scope.production) },
    );
    this.id = registry.id;
    this.loginServer = registry.loginServer;
    const endpoint = { network, service: "registry", resourceId: registry.id } as const;
    this.ready = scope.production ? [privateEndpoint(name, endpoint, scope)] : [];
    sendLogs(name, { workspace: monitoring, resourceId: registry.id, categories: logCategories }, scope);
    this.registerOutputs({ id: this.id, loginServer: this.loginServer });
  }
}

const logCategories = ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"];

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
