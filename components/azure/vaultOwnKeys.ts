import type { AzureContext, AzureNetwork } from "./context";
import type { DatabaseKeys } from "./databaseServer";
import { type AzureVault, hasOwnKeys, pairedVault } from "./vault";
import { type EncryptionKey, encryptionKey } from "./vaultKeys";

/** The keys of the environment's data. */
export interface OwnKeys {
  readonly store: EncryptionKey;
  readonly database: DatabaseKeys;
  /** Of the cluster's nodes. */
  readonly disks: EncryptionKey;
  /** Holds the key of geo-redundant backups; undefined where there are none. */
  readonly pairedVault?: AzureVault;
}

/** Keys of the environment's own for its data, where its classification asks for them. */
export function ownKeys(
  context: AzureContext,
  network: AzureNetwork,
  vault: AzureVault,
): OwnKeys | undefined {
  if (!hasOwnKeys(context)) return undefined;
  // Before the first key: a missing pair is a refusal.
  const paired = context.profile.geoRedundant ? pairedVault(context, network) : undefined;
  return {
    store: encryptionKey(context, vault, "store"),
    database: {
      primary: encryptionKey(context, vault, "database"),
      paired: paired && encryptionKey(context, paired, "database-paired", context.azure.pairedLocation),
    },
    disks: encryptionKey(context, vault, "disks"),
    pairedVault: paired,
  };
}
