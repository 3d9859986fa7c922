import type { Mutation } from "./mutation";
import { azureDataMutations } from "./mutationsAzureData";
import { azure, broken, elsewhere, logsOf } from "./place";

const cluster = azure("containerservice:ManagedCluster");
const devCluster = { ...cluster, stack: "dev" };
const pool = azure("containerservice:AgentPool");

const clusterMutations: (Mutation | Mutation[])[] = [
  broken(cluster, "AKS-01", { disableLocalAccounts: false }, { disableLocalAccounts: undefined }),
  broken(devCluster, "AKS-01", { disableLocalAccounts: false }),
  broken(cluster, "AKS-02", { "aadProfile.enableAzureRBAC": false }, { enableRBAC: false }),
  broken(cluster, "AKS-02", { "aadProfile.adminGroupObjectIDs": [] }),
  broken(cluster, "AKS-03", { "oidcIssuerProfile.enabled": false }, { "podIdentityProfile.enabled": true }),
  broken(cluster, "AKS-03", { "securityProfile.workloadIdentity": undefined }),
  broken(cluster, "AKS-04", { identity: undefined }, { "servicePrincipalProfile.clientId": "application" }),
  broken(cluster, "AKS-05", { "apiServerAccessProfile.enablePrivateCluster": false }),
  broken(cluster, "AKS-05", { "apiServerAccessProfile.enablePrivateClusterPublicFQDN": true }),
  broken(cluster, "AKS-06", { "apiServerAccessProfile.enablePrivateCluster": false }),
  broken(devCluster, "AKS-06", { "apiServerAccessProfile.authorizedIPRanges": undefined }),
  broken(devCluster, "AKS-06", { "apiServerAccessProfile.authorizedIPRanges.1": "0.0.0.0/0" }),
  broken(devCluster, "AKS-06", { "apiServerAccessProfile.authorizedIPRanges": ["0.0.0.0/1", "128.0.0.0/1"] }),
  broken(cluster, "AKS-07", { "apiServerAccessProfile.disableRunCommand": false }),
  broken(cluster, "AKS-08", { "networkProfile.networkPolicy": "none" }, { networkProfile: undefined }),
  broken(cluster, "AKS-09", { "networkProfile.outboundType": "loadBalancer" }),
  broken(cluster, "AKS-10", { "agentPoolProfiles.0.enableNodePublicIP": true }),
  broken(pool, "AKS-10", { enableNodePublicIP: true }),
  broken(cluster, "AKS-11", { "agentPoolProfiles.0.enableEncryptionAtHost": undefined }),
  broken(cluster, "AKS-11", { diskEncryptionSetID: undefined }),
  broken(pool, "AKS-11", { enableEncryptionAtHost: false }),
  { ...pool, name: "gpu", rule: "AKS-11", add: true, set: { mode: "User", vmSize: "Standard_NC4as_T4_v3" } },
  broken(cluster, "AKS-12", { "securityProfile.azureKeyVaultKms.enabled": false }),
  broken(cluster, "AKS-13", { "addonProfiles.azureKeyvaultSecretsProvider.config": undefined }),
  broken(devCluster, "AKS-13", { "addonProfiles.azureKeyvaultSecretsProvider.enabled": false }),
  broken(cluster, "AKS-14", { "securityProfile.defender.securityMonitoring.enabled": false }),
  broken(cluster, "AKS-15", { "addonProfiles.azurepolicy.enabled": false }),
  broken(cluster, "AKS-16", { autoUpgradeProfile: undefined }),
  broken(cluster, "AKS-16", { "autoUpgradeProfile.upgradeChannel": "none" }),
  broken(cluster, "AKS-16", { "autoUpgradeProfile.nodeOSUpgradeChannel": "Unmanaged" }),
  broken(cluster, "AKS-17", { "addonProfiles.httpApplicationRouting.enabled": true }),
  broken(cluster, "AKS-17", { "addonProfiles.KubeDashboard.enabled": true }),
  broken(cluster, "AKS-18", { kubernetesVersion: "1.29" }, { kubernetesVersion: undefined }),
  broken(cluster, "AKS-19", { "sku.tier": "Free" }, { "agentPoolProfiles.0.count": 1 }),
  broken(pool, "AKS-19", { availabilityZones: ["1"] }),
  broken(cluster, "AKS-20", { "nodeResourceGroupProfile.restrictionLevel": "Unrestricted" }),
  broken(logsOf("cluster"), "AKS-21", { "logs.0.enabled": false }, { "logs.1": undefined }),
  broken(logsOf("cluster"), "AKS-21", { resourceUri: elsewhere }, { workspaceId: undefined }),
  { ...logsOf("cluster"), rule: "AKS-21", drop: true },
];

const vault = azure("keyvault:Vault", "vault");
const keptSecret = azure("keyvault:Secret");
const key = azure("keyvault:Key");
const endpoint = azure("network:PrivateEndpoint", "vault-endpoint");
const devVault = "https://kv-dev-a1.vault.azure.net/";

const vaultMutations: (Mutation | Mutation[])[] = [
  broken(vault, "KV-01", { "properties.enableRbacAuthorization": false }),
  broken(vault, "KV-01", { "properties.accessPolicies": [{ objectId: "me" }] }),
  broken(vault, "KV-02", { "properties.enablePurgeProtection": undefined }),
  broken(vault, "KV-02", { "properties.softDeleteRetentionInDays": 30 }),
  broken({ ...vault, stack: "dev" }, "KV-02", { "properties.softDeleteRetentionInDays": 7 }),
  broken(vault, "KV-03", {
    "properties.publicNetworkAccess": "Enabled",
    "properties.networkAcls.defaultAction": "Allow",
  }),
  broken(vault, "KV-03", {
    "properties.publicNetworkAccess": "Enabled",
    "properties.networkAcls.ipRules": [{ value: "0.0.0.0/0" }],
  }),
  broken(endpoint, "KV-04", { "privateLinkServiceConnections.0.privateLinkServiceId": elsewhere }),
  { ...endpoint, rule: "KV-04", drop: true },
  { ...endpoint, name: "vault-paired-endpoint", rule: "KV-04", drop: true },
  broken(
    keptSecret,
    "KV-05",
    { "properties.attributes": undefined },
    { "properties.contentType": undefined },
  ),
  broken(keptSecret, "KV-05", { "properties.attributes.expires": Date.UTC(2099) / 1000 }),
  broken(keptSecret, "KV-05", { "properties.attributes.expires": Date.UTC(2025) / 1000 }),
  broken(key, "KV-06", { "properties.rotationPolicy": undefined }),
  broken(key, "KV-06", { "properties.rotationPolicy.lifetimeActions": [{ action: { type: "notify" } }] }),
  broken(logsOf("vault"), "KV-07", { "logs.0.enabled": false }, { resourceUri: elsewhere }),
  { ...logsOf("vault-paired"), rule: "KV-07", drop: true },
  broken(vault, "KV-08", { "properties.enabledForDeployment": true }),
  broken(vault, "KV-08", { "properties.enabledForTemplateDeployment": true }),
  broken({ ...vault, with: "dev" }, "KV-09", { vaultName: "kv-dev-a1" }),
  broken({ ...azure("storage:StorageAccount"), with: "dev" }, "KV-09", {
    "encryption.keyVaultProperties.keyVaultUri": devVault,
  }),
];

const registry = azure("containerregistry:Registry");
const webhook = azure("containerregistry:Webhook", "push");
const role = (name: string) => azure("authorization:RoleAssignment", name);
const grant = (guid: string) => ({
  roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
});
const push = grant("8311e382-0749-4cb8-b61a-304f252e45ec");
const contributor = grant("b24988ac-6180-42a0-ab88-20f7382dd24c");

const registryMutations: (Mutation | Mutation[])[] = [
  broken(registry, "ACR-01", { adminUserEnabled: true }),
  broken({ ...registry, stack: "dev" }, "ACR-01", { adminUserEnabled: true }),
  broken(registry, "ACR-02", { anonymousPullEnabled: true }),
  broken(registry, "ACR-03", { publicNetworkAccess: "Enabled" }, { "sku.name": "Standard" }),
  broken(registry, "ACR-03", { "networkRuleSet.defaultAction": "Allow" }),
  broken(registry, "ACR-04", { "policies.exportPolicy": undefined }),
  broken(
    registry,
    "ACR-05",
    { "policies.softDeletePolicy.status": "disabled" },
    { zoneRedundancy: "Disabled" },
  ),
  { ...azure("containerregistry:Token", "ci"), rule: "ACR-06", add: true, set: { status: "enabled" } },
  { ...webhook, rule: "ACR-08", add: true, set: { serviceUri: "http://hooks.example.com/push" } },
  broken(role("cluster-registry-role"), "ACR-09", push, contributor),
  broken({ ...role("cluster-registry-role"), stack: "dev" }, "ACR-09", push),
  broken(role("tracking-artifacts-role"), "ACR-09", push),
];

/** Azure's resources, broken as people break them. */
export const azureMutations: readonly Mutation[] = [
  clusterMutations,
  vaultMutations,
  registryMutations,
  [...azureDataMutations],
].flat(2);
