import * as keyvault from "@pulumi/azure-native/keyvault";
import type * as pulumi from "@pulumi/pulumi";
import { stateful } from "../stateful";
import type { AzureContext } from "./context";
import { managedIdentity } from "./identities";
import { assignRole, builtInRole } from "./roles";
import type { AzureVault } from "./vault";

/** A key that a managed part encrypts with, and the identity by which it may. */
export interface EncryptionKey {
  readonly name: pulumi.Output<string>;
  /** Without a version: what uses it goes over to the newest by itself. */
  readonly uri: pulumi.Output<string>;
  /** With its version, for what only takes one. */
  readonly uriWithVersion: pulumi.Output<string>;
  readonly vaultUri: pulumi.Output<string>;
  readonly identityId: pulumi.Output<string>;
  /** The role of the identity: what uses the key depends on it. */
  readonly role: pulumi.Resource;
}

/** The key that the cluster encrypts its Secrets with in etcd. */
export interface ClusterKey {
  readonly id: pulumi.Output<string>;
  /** With its version, as AKS wants it. */
  readonly uriWithVersion: pulumi.Output<string>;
  readonly vaultId: pulumi.Output<string>;
}

/** A key for one managed part, and an identity that may wrap and unwrap with it and nothing else. */
export function encryptionKey(
  context: AzureContext,
  vault: AzureVault,
  use: string,
  location?: string,
): EncryptionKey {
  const key = makeKey(context, vault, use, ["wrapKey", "unwrapKey"]);
  const identity = managedIdentity(context, `${use}-key`, location);
  const role = assignRole(context, `${use}-key`, {
    principal: { id: identity.principalId, type: "ServicePrincipal" },
    role: builtInRole(context, "Key Vault Crypto Service Encryption User"),
    scope: key.id,
    description: `${use} of ${context.settings.environment} wraps and unwraps its data's keys with its own key.`,
  });
  return {
    name: key.name,
    uri: key.keyUri,
    uriWithVersion: key.keyUriWithVersion,
    vaultUri: vault.uri,
    identityId: identity.id,
    role,
  };
}

/** The key for the cluster's Secrets. */
export function clusterKey(context: AzureContext, vault: AzureVault): ClusterKey {
  const key = makeKey(context, vault, "cluster", ["encrypt", "decrypt"]);
  return { id: key.id, uriWithVersion: key.keyUriWithVersion, vaultId: vault.id };
}

function makeKey(context: AzureContext, vault: AzureVault, use: string, keyOps: string[]) {
  return new keyvault.Key(
    `${use}-key`,
    {
      keyName: use,
      vaultName: vault.name,
      resourceGroupName: context.resourceGroupName,
      properties: {
        kty: "RSA",
        keySize: 3072,
        keyOps,
        attributes: { enabled: true, exportable: false },
        // A new version each year. Old ones do not expire: what was wrapped with them, such as a backup, must still open.
        rotationPolicy: {
          lifetimeActions: [{ trigger: { timeAfterCreate: "P1Y" }, action: { type: "rotate" } }],
        },
      },
      tags: context.tags,
    },
    { ...context.options, ...stateful("azure-native:keyvault:Key", context.production) },
  );
}
