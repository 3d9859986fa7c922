import * as compute from "@pulumi/azure-native/compute";
import type * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as pulumi from "@pulumi/pulumi";
import { grantIdentity } from "./clusterAccess";
import type { AzureContext } from "./context";
import type { ClusterKey, EncryptionKey } from "./vaultKeys";

/** A key that the nodes' disks are encrypted with, and the identity that may wrap with it. */
export type DisksKey = Pick<EncryptionKey, "uriWithVersion" | "identityId" | "role">;

/** Lets the control plane encrypt Kubernetes Secrets with a key; gives the roles that the cluster must wait for. */
export const grantSecretsKey = (
  context: AzureContext,
  key: ClusterKey,
  controlPlane: managedidentity.UserAssignedIdentity,
): readonly pulumi.Resource[] => [
  grantIdentity(context, "cluster-secrets-key", controlPlane, {
    role: "Key Vault Crypto User",
    scope: key.id,
    description: "The API server encrypts Kubernetes Secrets with this key.",
  }),
  // AKS asks for this role where the vault is private: it makes the API server's own endpoint to it.
  grantIdentity(context, "cluster-vault", controlPlane, {
    role: "Key Vault Contributor",
    scope: key.vaultId,
    description: "The cluster makes the API server's private endpoint to the vault.",
  }),
];

/** Encryption of the nodes' disks, and the role that the cluster must wait for. */
export interface DiskEncryption {
  readonly id: pulumi.Output<string>;
  readonly role: pulumi.Resource;
}

/** Makes a disk encryption set that follows its key's newest version. */
export function makeDiskEncryption(
  context: AzureContext,
  key: DisksKey,
  controlPlane: managedidentity.UserAssignedIdentity,
): DiskEncryption {
  const set = new compute.DiskEncryptionSet(
    "cluster-disks",
    {
      diskEncryptionSetName: context.names.diskEncryptionSet,
      resourceGroupName: context.resourceGroupName,
      location: context.azure.location,
      encryptionType: "EncryptionAtRestWithCustomerKey",
      activeKey: { keyUrl: key.uriWithVersion },
      rotationToLatestKeyVersionEnabled: true,
      identity: { type: "UserAssigned", userAssignedIdentities: [key.identityId] },
      tags: context.tags,
    },
    { ...context.options, dependsOn: [key.role] },
  );
  const role = grantIdentity(context, "cluster-disks-reader", controlPlane, {
    role: "Reader",
    scope: set.id,
    description: "The cluster makes its nodes with this disk encryption.",
  });
  return { id: set.id, role };
}
