import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import * as pulumi from "@pulumi/pulumi";
import { stateful } from "../stateful";
import type { AzureContext, AzureNetwork } from "./context";
import type { EncryptionKey } from "./vaultKeys";

/** The keys of a server that does not use Microsoft's: its own, and one in the paired region for geo-redundant backups. */
export interface DatabaseKeys {
  readonly primary: EncryptionKey;
  readonly paired?: EncryptionKey;
}

/** A PostgreSQL Flexible Server that knows no passwords: Entra's tokens alone log in. */
export function databaseServer(
  context: AzureContext,
  network: AzureNetwork,
  keys?: DatabaseKeys,
): dbforpostgresql.Server {
  const { azure, profile, production, names, resourceGroupName, tags, options } = context;
  refuseBurstable(context);
  return new dbforpostgresql.Server(
    "database",
    {
      serverName: names.database,
      resourceGroupName,
      location: azure.location,
      version: "17",
      sku: { name: azure.database.size, tier: azure.database.tier },
      // A size that Azure grew by itself would be more than the program's, and no later update could be applied.
      storage: { storageSizeGB: azure.database.storageGb, autoGrow: "Disabled" },
      authConfig: {
        activeDirectoryAuth: "Enabled",
        passwordAuth: "Disabled",
        tenantId: azure.tenantId,
      },
      network: { publicNetworkAccess: "Disabled", ...delegated(context, network) },
      backup: {
        backupRetentionDays: profile.backupDays,
        geoRedundantBackup: profile.geoRedundant ? "Enabled" : "Disabled",
      },
      highAvailability: { mode: standby(context) },
      // Sunday, 02:00 UTC.
      maintenanceWindow: { customWindow: "Enabled", dayOfWeek: 0, startHour: 2, startMinute: 0 },
      ...encryption(keys),
      tags,
    },
    {
      ...options,
      ...stateful("azure-native:dbforpostgresql:Server", production),
      dependsOn: usedKeys(keys).map(({ role }) => role),
    },
  );
}

function refuseBurstable({ profile, azure, settings }: AzureContext): void {
  if (profile.highAvailability && azure.database.tier === "Burstable")
    throw new Error(
      `ecluse:azure.database.tier is "Burstable", which has no stand-by for profile ${settings.profile}: set it to GeneralPurpose`,
    );
}

function standby({ profile, azure }: AzureContext): "ZoneRedundant" | "SameZone" | "Disabled" {
  if (!profile.highAvailability) return "Disabled";
  return azure.nodes.zones.length > 1 ? "ZoneRedundant" : "SameZone";
}

function delegated({ azure }: AzureContext, network: AzureNetwork) {
  if (azure.database.access === "privateEndpoint") return {};
  return {
    delegatedSubnetResourceId: network.databaseSubnetId,
    privateDnsZoneArmResourceId: network.privateZone("ecluse.private.postgres.database.azure.com"),
  };
}

const usedKeys = (keys?: DatabaseKeys): EncryptionKey[] =>
  keys ? [keys.primary, ...(keys.paired ? [keys.paired] : [])] : [];

function encryption(keys?: DatabaseKeys): Pick<dbforpostgresql.ServerArgs, "dataEncryption" | "identity"> {
  if (!keys) return { dataEncryption: { type: "SystemManaged" } };
  const { primary, paired } = keys;
  return {
    dataEncryption: {
      type: "AzureKeyVault",
      primaryKeyURI: primary.uri,
      primaryUserAssignedIdentityId: primary.identityId,
      ...(paired && {
        geoBackupKeyURI: paired.uri,
        geoBackupUserAssignedIdentityId: paired.identityId,
      }),
    },
    identity: { type: "UserAssigned", userAssignedIdentities: identityMap(usedKeys(keys)) },
  };
}

/** Azure wants the identities' ids as keys of a map. */
function identityMap(keys: readonly EncryptionKey[]): pulumi.Output<Record<string, object>> {
  const ids = pulumi.all(keys.map(({ identityId }) => identityId));
  return ids.apply((known) => Object.fromEntries(known.map((id) => [id, {}])));
}
