import * as storage from "@pulumi/azure-native/storage";
import type * as pulumi from "@pulumi/pulumi";
import { type Container, containers } from "../naming";
import { stateful } from "../stateful";
import type { AzureContext } from "./context";
import { lifecycleRules, releasedModelDays } from "./storeLifecycle";
import type { EncryptionKey } from "./vaultKeys";

/** The account's parts that others build on. */
export interface StoreAccount {
  readonly account: storage.StorageAccount;
  readonly containers: Readonly<Record<Container, storage.BlobContainer>>;
}

/** The storage account with its containers; `key` encrypts it in place of Microsoft's. */
export function storeAccount(context: AzureContext, key?: EncryptionKey): StoreAccount {
  const { production, resourceGroupName, options } = context;
  const account = new storage.StorageAccount("store", accountInputs(context, key), {
    ...options,
    ...stateful("azure-native:storage:StorageAccount", production),
    dependsOn: key ? [key.role] : [],
  });
  const of = { accountName: account.name, resourceGroupName };
  const service = new storage.BlobServiceProperties(
    "store-blobs",
    { ...of, blobServicesName: "default", ...protection(production) },
    options,
  );
  // Versioning must be on before a container may ask for immutable versions.
  const after = { ...options, dependsOn: [service] };
  const policy = {
    rules: lifecycleRules(context.settings.governance.dataClassification, production),
  };
  new storage.ManagementPolicy("store-lifecycle", { ...of, managementPolicyName: "default", policy }, after);
  const made = containers.map((name) => [name, container(context, name, of, service)] as const);
  return { account, containers: Object.fromEntries(made) as StoreAccount["containers"] };
}

type OfAccount = Pick<storage.BlobContainerArgs, "accountName" | "resourceGroupName">;

/**
 * In production, versions of artifacts are immutable: MLflow goes on overwriting and deleting, which a whole container under WORM
 * would refuse it, and Azure keeps the bytes that were there, which nobody can delete before their time. The policy is left unlocked:
 * locking cannot be undone, and is the choice of who answers for the records.
 */
function container(
  { production, options }: AzureContext,
  containerName: Container,
  of: OfAccount,
  service: pulumi.Resource,
) {
  const immutable = production && containerName === "artifacts";
  const made = new storage.BlobContainer(
    containerName,
    {
      ...of,
      containerName,
      publicAccess: "None",
      ...(immutable && { immutableStorageWithVersioning: { enabled: true } }),
    },
    { ...options, ...stateful("azure-native:storage:BlobContainer", production), dependsOn: [service] },
  );
  if (immutable)
    new storage.BlobContainerImmutabilityPolicy(
      `${containerName}-immutability`,
      {
        ...of,
        containerName: made.name,
        immutabilityPolicyName: "default",
        immutabilityPeriodSinceCreationInDays: releasedModelDays,
      },
      { ...options, protect: true },
    );
  return made;
}

function accountInputs(context: AzureContext, key?: EncryptionKey): storage.StorageAccountArgs {
  return {
    accountName: context.names.storageAccount,
    resourceGroupName: context.resourceGroupName,
    location: context.azure.location,
    kind: "StorageV2",
    sku: { name: redundancy(context) },
    accessTier: "Hot",
    allowSharedKeyAccess: false,
    defaultToOAuthAuthentication: true,
    allowBlobPublicAccess: false,
    isLocalUserEnabled: false,
    isSftpEnabled: false,
    allowCrossTenantReplication: false,
    allowedCopyScope: "PrivateLink",
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
    publicNetworkAccess: "Disabled",
    networkRuleSet: { defaultAction: "Deny", bypass: "None", ipRules: [], virtualNetworkRules: [] },
    encryption: { requireInfrastructureEncryption: true, ...keySource(key) },
    ...(key && { identity: { type: "UserAssigned", userAssignedIdentities: [key.identityId] } }),
    tags: context.tags,
  };
}

const keySource = (key?: EncryptionKey) =>
  key
    ? {
        keySource: "Microsoft.Keyvault",
        keyVaultProperties: { keyName: key.name, keyVaultUri: key.vaultUri },
        encryptionIdentity: { encryptionUserAssignedIdentity: key.identityId },
      }
    : { keySource: "Microsoft.Storage" };

/** Copies in zones where the region has them, and in the paired region by profile; production never keeps one building's copies only. */
function redundancy({ production, profile, azure }: AzureContext): string {
  const zones = azure.nodes.zones.length > 1;
  if (profile.geoRedundant) return zones ? "Standard_GZRS" : "Standard_GRS";
  if (zones) return "Standard_ZRS";
  return production ? "Standard_GRS" : "Standard_LRS";
}

function protection(production: boolean) {
  const days = production ? 30 : 7;
  const kept = { enabled: true, days };
  return {
    isVersioningEnabled: true,
    changeFeed: { enabled: true, retentionInDays: 90 },
    deleteRetentionPolicy: { ...kept, allowPermanentDelete: false },
    containerDeleteRetentionPolicy: kept,
    // A restore passes over immutable blobs, so that what it leaves is the state of no time: production restores versions.
    restorePolicy: production ? { enabled: false } : { enabled: true, days: days - 1 },
  };
}
