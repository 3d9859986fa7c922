import * as compute from "@pulumi/azure-native/compute";
import type * as pulumi from "@pulumi/pulumi";
import { Identity } from "./identities";
import { assignRole, type BuiltInRole, builtInRole } from "./roles";
import { type AzureScope, placed } from "./scope";
import type { ClusterKey, EncryptionKey } from "./vault";

/** A role on one thing, and why. */
interface ClusterGrant {
  readonly role: BuiltInRole;
  readonly on: pulumi.Input<string>;
  readonly description: string;
}

function grantIdentity(
  name: string,
  { principal }: Identity,
  { role, ...rest }: ClusterGrant,
  scope: AzureScope,
): pulumi.Resource {
  return assignRole(name, { ...rest, role: builtInRole(scope, role), principal }, scope);
}

/** Lets a group of people do everything with the cluster's objects. */
export const grantAdministrators = (
  name: string,
  { group, clusterId }: { readonly group: string; readonly clusterId: pulumi.Input<string> },
  scope: AzureScope,
) =>
  assignRole(
    `${name}-administrators`,
    {
      principal: { id: group, type: "Group" },
      role: builtInRole(scope, "Azure Kubernetes Service RBAC Cluster Admin"),
      on: clusterId,
      description: `Cluster administrators of ${scope.environment} administer its Kubernetes objects.`,
    },
    scope,
  );

/** What the cluster's identities may use. */
export interface ClusterIdentitiesArgs {
  readonly nodesSubnetId: pulumi.Input<string>;
  /** Of the API server, where that is in the network; undefined elsewhere. */
  readonly apiServerSubnetId?: pulumi.Input<string>;
  readonly registryId: pulumi.Input<string>;
}

/** The identity of the control plane, the one of the nodes, and the roles that the cluster must wait for. */
export interface ClusterIdentities {
  readonly controlPlane: Identity;
  readonly kubelet: Identity;
  readonly roles: readonly pulumi.Resource[];
}

/**
 * Makes the cluster's identities: the control plane joins its subnets and runs nodes as the kubelet, which only pulls
 * images.
 */
export function makeClusterIdentities(
  name: string,
  { nodesSubnetId, apiServerSubnetId, registryId }: ClusterIdentitiesArgs,
  scope: AzureScope,
): ClusterIdentities {
  const { parent } = scope.options;
  const controlPlane = new Identity(`${name}-control-plane`, { scope, use: "cluster" }, { parent });
  const kubelet = new Identity(`${name}-kubelet`, { scope, use: "kubelet" }, { parent });
  grantIdentity(`${name}-registry`, kubelet, pullsImages(registryId), scope);
  const grants = {
    "nodes-subnet": joinsSubnet(nodesSubnetId, "The cluster puts nodes and load balancers into its subnet."),
    ...(apiServerSubnetId && {
      "api-server-subnet": joinsSubnet(apiServerSubnetId, "The cluster puts its API server into its subnet."),
    }),
    kubelet: runsAs(kubelet),
  };
  const roles = Object.entries(grants).map(([use, grant]) =>
    grantIdentity(`${name}-${use}`, controlPlane, grant, scope),
  );
  return { controlPlane, kubelet, roles };
}

const joinsSubnet = (on: pulumi.Input<string>, description: string): ClusterGrant => ({
  role: "Network Contributor",
  on,
  description,
});

const runsAs = ({ id }: Identity): ClusterGrant => ({
  role: "Managed Identity Operator",
  on: id,
  description: "The cluster runs its nodes as the kubelet identity.",
});

const pullsImages = (on: pulumi.Input<string>): ClusterGrant => ({
  role: "AcrPull",
  on,
  description: "Nodes pull images from the environment's registry.",
});

/** Lets the control plane encrypt Kubernetes Secrets with a key; gives the roles that the cluster must wait for. */
export const grantSecretsKey = (
  name: string,
  key: ClusterKey,
  controlPlane: Identity,
  scope: AzureScope,
): readonly pulumi.Resource[] => [
  grantIdentity(
    `${name}-secrets-key`,
    controlPlane,
    {
      role: "Key Vault Crypto User",
      on: key.id,
      description: "The API server encrypts Kubernetes Secrets with this key.",
    },
    scope,
  ),
  // AKS asks for this role where the vault is private: it makes the API server's own endpoint to it.
  grantIdentity(
    `${name}-vault`,
    controlPlane,
    {
      role: "Key Vault Contributor",
      on: key.vaultId,
      description: "The cluster makes the API server's private endpoint to the vault.",
    },
    scope,
  ),
];

/** A key that the nodes' disks are encrypted with, and the identity that may wrap with it. */
export type DisksKey = Pick<EncryptionKey, "uriWithVersion" | "identityId" | "role">;

/** Encryption of the nodes' disks, and the role that the cluster must wait for. */
export interface DiskEncryption {
  readonly id: pulumi.Output<string>;
  readonly role: pulumi.Resource;
}

const diskEncryptionInputs = (
  { uriWithVersion, identityId }: DisksKey,
  scope: AzureScope,
): compute.DiskEncryptionSetArgs => ({
  ...placed(scope),
  diskEncryptionSetName: scope.names.diskEncryptionSet,
  encryptionType: "EncryptionAtRestWithCustomerKey",
  activeKey: { keyUrl: uriWithVersion },
  rotationToLatestKeyVersionEnabled: true,
  identity: { type: "UserAssigned", userAssignedIdentities: [identityId] },
});

/** Makes a disk encryption set that follows its key's newest version. */
export function makeDiskEncryption(
  name: string,
  key: DisksKey,
  controlPlane: Identity,
  scope: AzureScope,
): DiskEncryption {
  const options = { ...scope.options, dependsOn: [key.role] };
  const set = new compute.DiskEncryptionSet(`${name}-disks`, diskEncryptionInputs(key, scope), options);
  const role = grantIdentity(
    `${name}-disks-reader`,
    controlPlane,
    { role: "Reader", on: set.id, description: "The cluster makes its nodes with this disk encryption." },
    scope,
  );
  return { id: set.id, role };
}
