import * as keyvault from "@pulumi/azure-native/keyvault";
import type * as pulumi from "@pulumi/pulumi";
import { stateful } from "../stateful";
import type { AzureContext, AzureNetwork } from "./context";

/** A Key Vault. */
export interface AzureVault {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly uri: pulumi.Output<string>;
  /** After it the vault can be reached from the network. */
  readonly endpoint: pulumi.Resource;
}

/** Whether the data's classification asks for keys of the environment's own, in place of Microsoft's. */
export const hasOwnKeys = ({ settings }: AzureContext) =>
  ["confidential", "restricted"].includes(settings.governance.dataClassification);

/** The environment's Key Vault: its secrets, and its keys. */
export const vault = (context: AzureContext, network: AzureNetwork) =>
  makeVault(context, network, "vault", context.names.vault, context.azure.location);

/** A second Key Vault in the paired region, for the key of geo-redundant backups: it must outlive the loss of the first region. */
export function pairedVault(context: AzureContext, network: AzureNetwork): AzureVault {
  const { pairedLocation, location } = context.azure;
  if (!pairedLocation)
    throw new Error(
      `ecluse:azure.location is "${location}", which has no paired region for the key of geo-redundant backups: choose a region with a pair, or dataClassification internal`,
    );
  return makeVault(context, network, "vault-paired", `${context.names.vault}-geo`, pairedLocation);
}

function makeVault(
  context: AzureContext,
  network: AzureNetwork,
  name: string,
  vaultName: string,
  location: string,
): AzureVault {
  const made = new keyvault.Vault(
    name,
    {
      vaultName,
      resourceGroupName: context.resourceGroupName,
      location,
      properties: vaultProperties(context),
      tags: context.tags,
    },
    { ...context.options, ...stateful("azure-native:keyvault:Vault", context.production) },
  );
  const endpoint = network.privateEndpoint("vault", made.id, name);
  return { id: made.id, name: made.name, uri: made.properties.vaultUri, endpoint };
}

function vaultProperties(context: AzureContext) {
  return {
    tenantId: context.azure.tenantId,
    sku: { family: "A", name: "standard" as const },
    enableRbacAuthorization: true,
    enableSoftDelete: true,
    softDeleteRetentionInDays: 90,
    enablePurgeProtection: true,
    publicNetworkAccess: "Disabled",
    networkAcls: {
      defaultAction: "Deny",
      // PostgreSQL and Storage fetch their keys as trusted services, and still need a role for it; nobody else comes this way.
      bypass: hasOwnKeys(context) ? "AzureServices" : "None",
      ipRules: [],
      virtualNetworkRules: [],
    },
    enabledForDeployment: false,
    enabledForDiskEncryption: false,
    enabledForTemplateDeployment: false,
  };
}
