import type * as pulumi from "@pulumi/pulumi";

/** What must hold for a type whose loss or exposure loses or exposes data. */
interface StatefulType {
  /** Inputs whose change makes a new, empty thing. */
  readonly replaceOnChanges: readonly string[];
  /** Inputs that keep it closed, and what production requires of them. */
  readonly required: Readonly<Record<string, string | boolean>>;
}

const named = (name: string) => [name, "resourceGroupName", "location"];

/** Every stateful type of an environment, on Azure and on a cluster. */
export const statefulTypes: Readonly<Record<string, StatefulType>> = {
  "azure-native:dbforpostgresql:Server": {
    replaceOnChanges: [
      ...named("serverName"),
      "createMode",
      "dataEncryption.type",
      "backup.geoRedundantBackup",
      "network.delegatedSubnetResourceId",
    ],
    required: {
      "network.publicNetworkAccess": "Disabled",
      "authConfig.activeDirectoryAuth": "Enabled",
      "authConfig.passwordAuth": "Disabled",
    },
  },
  "azure-native:dbforpostgresql:Database": {
    replaceOnChanges: ["databaseName", "serverName", "resourceGroupName", "charset", "collation"],
    required: {},
  },
  "azure-native:storage:StorageAccount": {
    replaceOnChanges: [
      ...named("accountName"),
      "isHnsEnabled",
      "encryption.requireInfrastructureEncryption",
      "immutableStorageWithVersioning.enabled",
    ],
    required: {
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      allowCrossTenantReplication: false,
      enableHttpsTrafficOnly: true,
      publicNetworkAccess: "Disabled",
      "networkRuleSet.defaultAction": "Deny",
    },
  },
  "azure-native:storage:BlobContainer": {
    replaceOnChanges: ["containerName", "accountName", "resourceGroupName"],
    required: { publicAccess: "None" },
  },
  "azure-native:keyvault:Vault": {
    replaceOnChanges: [...named("vaultName"), "properties.tenantId"],
    required: {
      "properties.enablePurgeProtection": true,
      "properties.enableRbacAuthorization": true,
      "properties.publicNetworkAccess": "Disabled",
    },
  },
  "azure-native:keyvault:Key": {
    replaceOnChanges: [
      "keyName",
      "vaultName",
      "resourceGroupName",
      "properties.kty",
      "properties.keySize",
      "properties.curveName",
    ],
    required: {},
  },
  "azure-native:containerregistry:Registry": {
    replaceOnChanges: [...named("registryName"), "encryption.status"],
    required: { adminUserEnabled: false, anonymousPullEnabled: false, publicNetworkAccess: "Disabled" },
  },
  "azure-native:operationalinsights:Workspace": {
    replaceOnChanges: named("workspaceName"),
    required: { "features.disableLocalAuth": true },
  },
  "azure-native:containerservice:ManagedCluster": {
    replaceOnChanges: [
      ...named("resourceName"),
      "nodeResourceGroup",
      "dnsPrefix",
      "diskEncryptionSetID",
      "networkProfile.networkPlugin",
      "networkProfile.podCidr",
      "networkProfile.serviceCidr",
    ],
    required: {
      disableLocalAccounts: true,
      enableRBAC: true,
      "aadProfile.enableAzureRBAC": true,
      "apiServerAccessProfile.enablePrivateCluster": true,
    },
  },
  "kubernetes:postgresql.cnpg.io/v1:Cluster": {
    replaceOnChanges: ["metadata.name", "metadata.namespace", "spec.storage.storageClass", "spec.bootstrap"],
    required: {},
  },
  "kubernetes:core/v1:PersistentVolumeClaim": {
    replaceOnChanges: [
      "metadata.name",
      "metadata.namespace",
      "spec.storageClassName",
      "spec.volumeName",
      "spec.accessModes",
    ],
    required: {},
  },
};

/** Options that keep a resource of a stateful type from being deleted or replaced in production; none elsewhere. */
export function stateful(
  type: string,
  production: boolean,
): Pick<pulumi.CustomResourceOptions, "protect" | "replaceOnChanges"> {
  const row = statefulTypes[type];
  if (!row) throw new Error(`${type} is no stateful type: add it to components/stateful.ts`);
  return production ? { protect: true, replaceOnChanges: [...row.replaceOnChanges] } : {};
}
