import * as keyvault from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import { within } from "../scope";
import { stateful } from "../stateful";
import { makeAlerts } from "./alerts";
import { privateEndpoint } from "./dns";
import { Identity } from "./identities";
import { lock } from "./lock";
import { sendLogs } from "./logs";
import type { Monitoring } from "./monitoring";
import type { Network } from "./network";
import { assignRole, builtInRole } from "./roles";
import { type AzureScope, placed } from "./scope";

/** Managed parts that encrypt with a key of the environment's own, in place of Microsoft's. */
export type KeyUse = "store" | "database" | "disks" | "database-paired";

/** What a vault is made from. */
export interface VaultArgs {
  readonly scope: AzureScope;
  readonly network: Pick<Network, "endpointsSubnetId" | "privateZone">;
  readonly monitoring: Pick<Monitoring, "workspaceId" | "actionGroupId" | "metricAlerts">;
  /** Whose keys it holds; Azure's trusted services may then come in, which fetch them. */
  readonly keys: readonly KeyUse[];
  /** Whether it holds the key for the cluster's Secrets. */
  readonly clusterKey: boolean;
  /** Region of a second vault, for the key of geo-redundant backups: it must outlive the loss of the first region. */
  readonly pairedLocation?: string;
}

/** A Key Vault for an environment's secrets and keys, which only roles open and only the network reaches. */
export class Vault extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly vaultName: pulumi.Output<string>;
  readonly uri: pulumi.Output<string>;
  /** The keys of managed parts, by use. */
  readonly keys: Readonly<Partial<Record<KeyUse, EncryptionKey>>>;
  readonly clusterKey?: ClusterKey;

  constructor(name: string, args: VaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:azure:Vault", name, {}, opts);
    const scope = within(args.scope, this);
    const vault = new keyvault.Vault(name, vaultInputs(args), {
      ...scope.options,
      ...stateful("azure-native:keyvault:Vault", scope.production),
    });
    this.id = vault.id;
    this.vaultName = vault.name;
    this.uri = vault.properties.vaultUri;
    this.keys = this.encryptionKeys(name, args);
    this.clusterKey = args.clusterKey ? makeClusterKey(name, this, scope) : undefined;
    const use = args.pairedLocation ? "vault-paired" : "vault";
    privateEndpoint(name, { network: args.network, service: "vault", resourceId: this.id, use }, scope);
    const workspace = args.monitoring;
    sendLogs(name, { workspace, resourceId: this.id, categories: ["AuditEvent"] }, scope);
    if (!args.pairedLocation)
      makeAlerts(name, { subject: "vault", resourceId: this.id, receivers: args.monitoring }, scope);
    lock(name, this.id, scope);
    this.registerOutputs({ id: this.id, vaultName: this.vaultName, uri: this.uri });
  }

  private encryptionKeys(name: string, { scope, keys, pairedLocation = scope.location }: VaultArgs) {
    const place = { ...scope, location: pairedLocation };
    const made = keys.map(
      (use) =>
        [
          use,
          new EncryptionKey(`${name}-${use}`, { scope: place, vault: this, use }, { parent: this }),
        ] as const,
    );
    return Object.fromEntries(made);
  }
}

function vaultInputs({ scope, keys, pairedLocation }: VaultArgs): keyvault.VaultArgs {
  return {
    ...placed(scope),
    ...(pairedLocation
      ? { vaultName: `${scope.names.vault}-geo`, location: pairedLocation }
      : { vaultName: scope.names.vault }),
    properties: {
      tenantId: scope.tenantId,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      enablePurgeProtection: true,
      publicNetworkAccess: "Disabled",
      networkAcls: {
        defaultAction: "Deny",
        // PostgreSQL and Storage fetch their keys as trusted services, and still need a role for it; nobody else comes
        // this way.
        bypass: keys.length > 0 ? "AzureServices" : "None",
        ipRules: [],
        virtualNetworkRules: [],
      },
      enabledForDeployment: false,
      enabledForDiskEncryption: false,
      enabledForTemplateDeployment: false,
    },
  };
}

/** What a key of a managed part is made from. */
export interface EncryptionKeyArgs {
  /** Its location is that of the vault. */
  readonly scope: AzureScope;
  readonly vault: Pick<Vault, "vaultName" | "uri">;
  readonly use: KeyUse;
}

/** A key for one managed part, and an identity that may wrap and unwrap with it and nothing else. */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly keyName: pulumi.Output<string>;
  /** Without a version: what uses it goes over to the newest by itself. */
  readonly uri: pulumi.Output<string>;
  /** With its version, for what only takes one. */
  readonly uriWithVersion: pulumi.Output<string>;
  readonly vaultUri: pulumi.Output<string>;
  readonly identityId: pulumi.Output<string>;
  /** The role of the identity: what uses the key depends on it. */
  readonly role: pulumi.Resource;

  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:azure:EncryptionKey", name, {}, opts);
    const { vault, use } = args;
    const scope = within(args.scope, this);
    const key = makeKey(name, { vault, use, keyOps: ["wrapKey", "unwrapKey"] }, scope);
    const identity = new Identity(`${name}-identity`, { scope, use: `${use}-key` }, { parent: this });
    this.role = assignRole(
      name,
      {
        principal: identity.principal,
        role: builtInRole(scope, "Key Vault Crypto Service Encryption User"),
        on: key.id,
        description: `${use} of ${scope.environment} wraps and unwraps its data's keys with its own key.`,
      },
      scope,
    );
    this.keyName = key.name;
    this.uri = key.keyUri;
    this.uriWithVersion = key.keyUriWithVersion;
    this.vaultUri = vault.uri;
    this.identityId = identity.id;
    this.registerOutputs({
      keyName: this.keyName,
      uri: this.uri,
      uriWithVersion: this.uriWithVersion,
      vaultUri: this.vaultUri,
      identityId: this.identityId,
    });
  }
}

/** The key that the cluster encrypts its Secrets with in etcd. */
export interface ClusterKey {
  readonly id: pulumi.Output<string>;
  /** With its version, as AKS wants it. */
  readonly uriWithVersion: pulumi.Output<string>;
  readonly vaultId: pulumi.Output<string>;
}

function makeClusterKey(name: string, vault: Vault, scope: AzureScope): ClusterKey {
  const key = makeKey(`${name}-cluster`, { vault, use: "cluster", keyOps: ["encrypt", "decrypt"] }, scope);
  return { id: key.id, uriWithVersion: key.keyUriWithVersion, vaultId: vault.id };
}

interface KeyArgs {
  readonly vault: Pick<Vault, "vaultName">;
  readonly use: string;
  readonly keyOps: string[];
}

function makeKey(name: string, { vault, use, keyOps }: KeyArgs, scope: AzureScope) {
  return new keyvault.Key(
    name,
    {
      keyName: use,
      vaultName: vault.vaultName,
      resourceGroupName: scope.resourceGroupName,
      properties: {
        kty: "RSA",
        keySize: 3072,
        keyOps,
        attributes: { enabled: true, exportable: false },
        // A new version each year. Old ones do not expire: what was wrapped with them, such as a backup, must still
        // open.
        rotationPolicy: {
          lifetimeActions: [{ trigger: { timeAfterCreate: "P1Y" }, action: { type: "rotate" } }],
        },
      },
      tags: scope.tags,
    },
    { ...scope.options, ...stateful("azure-native:keyvault:Key", scope.production) },
  );
}
