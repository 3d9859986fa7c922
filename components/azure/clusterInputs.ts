import type { ManagedClusterArgs } from "@pulumi/azure-native/containerservice";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterIdentities } from "./clusterAccess";
import { apiServerAccess } from "./clusterApi";
import type { AzureContext, AzureNetwork } from "./context";
import { systemPool } from "./pools";
import { clusterRanges } from "./subnets";
import type { ClusterKey } from "./vaultKeys";

/** What the inputs of the cluster follow from. */
export interface ClusterParts {
  readonly context: AzureContext;
  readonly network: AzureNetwork;
  readonly identities: ClusterIdentities;
  readonly workspaceId: pulumi.Input<string>;
  readonly secretsKey?: ClusterKey;
  readonly diskEncryptionId?: pulumi.Input<string>;
}

/** Inputs of the AKS cluster. */
export function clusterInputs(parts: ClusterParts): ManagedClusterArgs {
  const { context, network, identities } = parts;
  const { azure, names, profile, production } = context;
  return {
    resourceName: names.cluster,
    resourceGroupName: context.resourceGroupName,
    location: azure.location,
    tags: context.tags,
    dnsPrefix: names.cluster,
    kubernetesVersion: azure.nodes.kubernetesVersion,
    sku: { name: "Base", tier: profile.clusterSla ? "Standard" : "Free" },
    nodeResourceGroup: names.nodeResourceGroup,
    nodeResourceGroupProfile: { restrictionLevel: production ? "ReadOnly" : "Unrestricted" },
    agentPoolProfiles: [systemPool(context, network)],
    diskEncryptionSetID: parts.diskEncryptionId,
    ...identityInputs(context, identities),
    apiServerAccessProfile: apiServerAccess(context, network, parts.secretsKey !== undefined),
    networkProfile: networkProfile(context),
    securityProfile: securityProfile(parts),
    addonProfiles: {
      azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: "true" } },
      azurepolicy: { enabled: production },
    },
    // Patches come by themselves. A new minor version comes by a change of the setting, through review: another channel would get ahead
    // of it, and Azure refuses to go back.
    autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
  };
}

function identityInputs({ azure }: AzureContext, { controlPlane, kubelet }: ClusterIdentities) {
  return {
    identity: { type: "UserAssigned" as const, userAssignedIdentities: [controlPlane.id] },
    identityProfile: {
      kubeletidentity: {
        resourceId: kubelet.id,
        clientId: kubelet.clientId,
        objectId: kubelet.principalId,
      },
    },
    disableLocalAccounts: true,
    enableRBAC: true,
    aadProfile: {
      managed: true,
      enableAzureRBAC: true,
      adminGroupObjectIDs: [azure.groups.clusterAdmins],
      tenantID: azure.tenantId,
    },
    oidcIssuerProfile: { enabled: true },
  };
}

function networkProfile({ azure }: AzureContext) {
  return {
    networkPlugin: "azure",
    networkPluginMode: "overlay",
    networkDataplane: "cilium",
    networkPolicy: "cilium",
    loadBalancerSku: "standard",
    outboundType: azure.network.egress === "natGateway" ? "userAssignedNATGateway" : "userDefinedRouting",
    podCidr: clusterRanges.pods,
    serviceCidr: clusterRanges.services,
    dnsServiceIP: clusterRanges.dns,
  };
}

function securityProfile({ context, workspaceId, secretsKey }: ClusterParts) {
  return {
    workloadIdentity: { enabled: true },
    ...(context.production
      ? { defender: { logAnalyticsWorkspaceResourceId: workspaceId, securityMonitoring: { enabled: true } } }
      : {}),
    ...(secretsKey
      ? {
          azureKeyVaultKms: {
            enabled: true,
            keyId: secretsKey.uriWithVersion,
            keyVaultNetworkAccess: "Private",
            keyVaultResourceId: secretsKey.vaultId,
          },
        }
      : {}),
  };
}
