import { isObject, type Value } from "../../protocol/properties";

/** A type, a path in its inputs, and the value there in development and in production. */
type Row = readonly [type: string, path: string, dev: Value | undefined, prod: Value | undefined];

/** Two values in the place of one: tiers differ here. */
const tiers = (dev: Value, prod: Value) => ({ dev, prod });

function rowsOf(type: string, values: Readonly<Record<string, Value | undefined>>): Row[] {
  return Object.entries(values).map(([path, value]) => {
    const { dev, prod } = isObject(value) ? value : { dev: value, prod: value };
    return [type, path, dev, prod];
  });
}

const data: Row[] = [
  ...rowsOf("storage:StorageAccount", {
    allowSharedKeyAccess: false,
    defaultToOAuthAuthentication: true,
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    allowedCopyScope: "PrivateLink",
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
    publicNetworkAccess: "Disabled",
    "networkRuleSet.defaultAction": "Deny",
    "networkRuleSet.bypass": "None",
    "networkRuleSet.ipRules": [],
    isLocalUserEnabled: false,
    isSftpEnabled: false,
    "encryption.requireInfrastructureEncryption": true,
    "encryption.keySource": tiers("Microsoft.Storage", "Microsoft.Keyvault"),
    "sku.name": tiers("Standard_LRS", "Standard_GZRS"),
  }),
  ...rowsOf("storage:BlobContainer", { publicAccess: "None" }),
  ...rowsOf("storage:BlobServiceProperties", {
    isVersioningEnabled: true,
    "deleteRetentionPolicy.enabled": true,
    "deleteRetentionPolicy.allowPermanentDelete": false,
    "deleteRetentionPolicy.days": tiers(7, 30),
    "containerDeleteRetentionPolicy.enabled": true,
    "containerDeleteRetentionPolicy.days": tiers(7, 30),
  }),
  ...rowsOf("dbforpostgresql:Server", {
    "authConfig.activeDirectoryAuth": "Enabled",
    "authConfig.passwordAuth": "Disabled",
    administratorLogin: undefined,
    administratorLoginPassword: undefined,
    "network.publicNetworkAccess": "Disabled",
    "backup.backupRetentionDays": tiers(7, 14),
    "backup.geoRedundantBackup": tiers("Disabled", "Enabled"),
    "highAvailability.mode": tiers("Disabled", "ZoneRedundant"),
    "dataEncryption.type": tiers("SystemManaged", "AzureKeyVault"),
    "maintenanceWindow.customWindow": "Enabled",
  }),
];

const keys: Row[] = [
  ...rowsOf("keyvault:Vault", {
    "properties.enableRbacAuthorization": true,
    "properties.enablePurgeProtection": true,
    "properties.enableSoftDelete": true,
    "properties.softDeleteRetentionInDays": 90,
    "properties.publicNetworkAccess": "Disabled",
    "properties.networkAcls.defaultAction": "Deny",
    "properties.networkAcls.ipRules": [],
    "properties.networkAcls.bypass": tiers("None", "AzureServices"),
    "properties.accessPolicies": undefined,
    "properties.enabledForDeployment": false,
    "properties.enabledForDiskEncryption": false,
    "properties.enabledForTemplateDeployment": false,
  }),
  ...rowsOf("containerregistry:Registry", {
    adminUserEnabled: false,
    anonymousPullEnabled: false,
    "sku.name": tiers("Basic", "Premium"),
    publicNetworkAccess: tiers("Enabled", "Disabled"),
  }),
  ...rowsOf("operationalinsights:Workspace", {
    "features.disableLocalAuth": true,
    retentionInDays: tiers(90, 365),
    publicNetworkAccessForIngestion: tiers("Enabled", "Disabled"),
    publicNetworkAccessForQuery: tiers("Enabled", "Disabled"),
  }),
];

const cluster: Row[] = [
  ...rowsOf("containerservice:ManagedCluster", {
    disableLocalAccounts: true,
    enableRBAC: true,
    "aadProfile.managed": true,
    "aadProfile.enableAzureRBAC": true,
    "identity.type": "UserAssigned",
    servicePrincipalProfile: undefined,
    "apiServerAccessProfile.enablePrivateCluster": tiers(false, true),
    "apiServerAccessProfile.disableRunCommand": true,
    "oidcIssuerProfile.enabled": true,
    "securityProfile.workloadIdentity.enabled": true,
    podIdentityProfile: undefined,
    "networkProfile.networkPolicy": "cilium",
    "networkProfile.outboundType": "userAssignedNATGateway",
    "agentPoolProfiles.0.enableNodePublicIP": false,
    "agentPoolProfiles.0.enableEncryptionAtHost": true,
    "addonProfiles.azureKeyvaultSecretsProvider.enabled": true,
    "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation": "true",
    "addonProfiles.azurepolicy.enabled": tiers(false, true),
    "addonProfiles.httpApplicationRouting": undefined,
    "autoUpgradeProfile.upgradeChannel": "patch",
    "autoUpgradeProfile.nodeOSUpgradeChannel": "NodeImage",
    "nodeResourceGroupProfile.restrictionLevel": tiers("Unrestricted", "ReadOnly"),
    "sku.tier": tiers("Free", "Standard"),
  }),
  ...rowsOf("containerservice:AgentPool", { enableNodePublicIP: false, enableEncryptionAtHost: true }),
  ...rowsOf("network:Subnet", { defaultOutboundAccess: false, privateEndpointNetworkPolicies: "Enabled" }),
  ...rowsOf("network:PublicIPAddress", { "sku.name": "Standard" }),
];

/** What keeps an environment closed: every resource of the type has the value, whichever tier it is of. */
export const rows: readonly Row[] = [...data, ...keys, ...cluster];

/** What production has on top, which development has not. */
export const productionRows: readonly Row[] = [
  ...rowsOf("containerservice:ManagedCluster", {
    "apiServerAccessProfile.enablePrivateClusterPublicFQDN": false,
    "apiServerAccessProfile.authorizedIPRanges": undefined,
    "securityProfile.defender.securityMonitoring.enabled": true,
    "securityProfile.azureKeyVaultKms.enabled": true,
    "securityProfile.azureKeyVaultKms.keyVaultNetworkAccess": "Private",
    "agentPoolProfiles.0.availabilityZones": ["1", "2", "3"],
    "agentPoolProfiles.0.count": 2,
  }),
  ...rowsOf("containerregistry:Registry", {
    "networkRuleSet.defaultAction": "Deny",
    "networkRuleSet.ipRules": [],
    "policies.exportPolicy.status": "disabled",
    "policies.softDeletePolicy.status": "enabled",
    zoneRedundancy: "Enabled",
  }),
  ...rowsOf("monitor:PrivateLinkScope", {
    "accessModeSettings.ingestionAccessMode": "PrivateOnly",
    "accessModeSettings.queryAccessMode": "PrivateOnly",
  }),
  ...rowsOf("keyvault:Key", { "properties.attributes.exportable": false, "properties.keySize": 3072 }),
  ...rowsOf("storage:BlobContainerImmutabilityPolicy", { immutabilityPeriodSinceCreationInDays: 365 }),
  ...rowsOf("compute:DiskEncryptionSet", {
    encryptionType: "EncryptionAtRestWithCustomerKey",
    rotationToLatestKeyVersionEnabled: true,
  }),
];
