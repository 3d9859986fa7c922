import type * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureContext, AzureNetwork } from "./context";
import { managedIdentity } from "./identities";
import { assignRole, type BuiltInRole, builtInRole } from "./roles";

/** A role on one thing, and why. */
export interface ClusterGrant {
  readonly role: BuiltInRole;
  readonly scope: pulumi.Input<string>;
  readonly description: string;
}

/** Gives an identity a role. */
export const grantIdentity = (
  context: AzureContext,
  name: string,
  identity: managedidentity.UserAssignedIdentity,
  { role, ...rest }: ClusterGrant,
): pulumi.Resource =>
  assignRole(context, name, {
    ...rest,
    role: builtInRole(context, role),
    principal: { id: identity.principalId, type: "ServicePrincipal" },
  });

/** Lets the group of cluster administrators do everything with the cluster's objects. */
export const grantAdministrators = (context: AzureContext, clusterId: pulumi.Input<string>) =>
  assignRole(context, "cluster-administrators", {
    principal: { id: context.azure.groups.clusterAdmins, type: "Group" },
    role: builtInRole(context, "Azure Kubernetes Service RBAC Cluster Admin"),
    scope: clusterId,
    description: `Cluster administrators of ${context.settings.environment} administer its Kubernetes objects.`,
  });

/** The identity of the control plane, the one of the nodes, and the roles that the cluster must wait for. */
export interface ClusterIdentities {
  readonly controlPlane: managedidentity.UserAssignedIdentity;
  readonly kubelet: managedidentity.UserAssignedIdentity;
  readonly roles: readonly pulumi.Resource[];
}

/** Makes the cluster's identities: the control plane joins its subnets and runs nodes as the kubelet, which only pulls images. */
export function makeClusterIdentities(
  context: AzureContext,
  { nodesSubnetId, apiServerSubnetId }: AzureNetwork,
  registryId: pulumi.Input<string>,
  joinApiServerSubnet: boolean,
): ClusterIdentities {
  const controlPlane = managedIdentity(context, "cluster");
  const kubelet = managedIdentity(context, "kubelet");
  const grants: Record<string, ClusterGrant> = {
    "cluster-nodes-subnet": {
      role: "Network Contributor",
      scope: nodesSubnetId,
      description: "The cluster puts nodes and load balancers into its subnet.",
    },
    "cluster-kubelet": {
      role: "Managed Identity Operator",
      scope: kubelet.id,
      description: "The cluster runs its nodes as the kubelet identity.",
    },
  };
  if (joinApiServerSubnet && apiServerSubnetId)
    grants["cluster-api-server-subnet"] = {
      role: "Network Contributor",
      scope: apiServerSubnetId,
      description: "The cluster puts its API server into its subnet.",
    };
  grantIdentity(context, "kubelet-registry", kubelet, {
    role: "AcrPull",
    scope: registryId,
    description: "Nodes pull images from the environment's registry.",
  });
  const roles = Object.entries(grants).map(([name, grant]) =>
    grantIdentity(context, name, controlPlane, grant),
  );
  return { controlPlane, kubelet, roles };
}
