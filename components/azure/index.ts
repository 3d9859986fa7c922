/** Managed parts of an environment on Azure, each usable from any Pulumi program. */
export { AccessRights, type AccessRightsArgs } from "./accessRights";
export { Cluster, type ClusterArgs } from "./cluster";
export { MetadataDatabase, type MetadataDatabaseArgs } from "./database";
export { Identities, type IdentitiesArgs, Identity, type IdentityArgs } from "./identities";
export { Monitoring, type MonitoringArgs } from "./monitoring";
export { Network, type NetworkArgs } from "./network";
export { Registry, type RegistryArgs } from "./registry";
export { ResourceGroup, type ResourceGroupArgs } from "./resourceGroup";
export type { AzureScope } from "./scope";
export { ArtifactStore, type ArtifactStoreArgs } from "./store";
export { target } from "./target";
export { EncryptionKey, type EncryptionKeyArgs, Vault, type VaultArgs } from "./vault";
export { VaultSecrets, type VaultSecretsArgs } from "./vaultSecrets";
