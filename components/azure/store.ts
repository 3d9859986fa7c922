import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { emptyAccess } from "../kubernetes/access";
import type { ClusterStore, Pod, PodAccess } from "../kubernetes/foundation";
import { type Container, containers, type Permission } from "../naming";
import { within } from "../scope";
import type { Governance } from "../settings";
import { stateful } from "../stateful";
import { makeAlerts } from "./alerts";
import { type BlobRole, blobRoles, onlyBelow } from "./blobRoles";
import { privateEndpoint } from "./dns";
import { tokenEgress } from "./federation";
import type { Identities } from "./identities";
import { lock } from "./lock";
import { sendLogs } from "./logs";
import type { Monitoring } from "./monitoring";
import type { Network } from "./network";
import { assignRole, type Principal } from "./roles";
import { type AzureScope, placed } from "./scope";
import { lifecycleRules, releasedModelDays } from "./storeLifecycle";
import type { EncryptionKey } from "./vault";

/** What the artifact store is made from. */
export interface ArtifactStoreArgs {
  readonly scope: AzureScope;
  readonly network: Pick<Network, "endpointsSubnetId" | "privateZone" | "ranges">;
  readonly monitoring: Pick<Monitoring, "workspaceId" | "actionGroupId" | "metricAlerts">;
  readonly identities: Identities;
  readonly dataClassification: Governance["dataClassification"];
  /** Zones of the region that copies are kept in. */
  readonly zones: readonly string[];
  /** Whether copies are kept in the paired region too. */
  readonly geoRedundant: boolean;
  /** What is this environment's alone: ids of roles are made from it. */
  readonly roleSeed: string;
  /** Encrypts the account in place of Microsoft's key. */
  readonly key?: EncryptionKey;
  /** CIDR ranges by which pods reach Entra. */
  readonly egressRanges: readonly string[];
}

/** A right on a container, or on one use case's folder in it. */
export interface ContainerRight {
  /** Who it is, as `tracking` or `auditors`. */
  readonly use: string;
  readonly principal: Principal;
  readonly container: Container;
  readonly permission: Permission;
  /** Bounds it to this use case's folder. */
  readonly useCase?: string;
}

/**
 * An environment's blob store: a storage account that opens by roles alone. It has no keys, no SAS and no public
 * address.
 */
export class ArtifactStore extends pulumi.ComponentResource implements ClusterStore {
  readonly endpoint: pulumi.Output<string>;
  readonly artifacts: pulumi.Output<string>;
  /** URL of a container, which the caller's identity opens. */
  readonly url: (container: Container) => pulumi.Output<string>;
  private readonly scope: AzureScope;
  private readonly containers: StoreAccount["containers"];
  private readonly ready: pulumi.Resource;
  private readonly roleOf: (permission: Permission) => BlobRole;

  constructor(
    name: string,
    private readonly args: ArtifactStoreArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:azure:ArtifactStore", name, {}, opts);
    const { network, monitoring } = args;
    const scope = within(args.scope, this);
    const { account, containers } = makeAccount(name, { ...args, scope });
    const resourceId = account.id;
    const host = pulumi.interpolate`${account.name}.blob.core.windows.net`;
    this.scope = scope;
    this.containers = containers;
    this.ready = privateEndpoint(name, { network, service: "blob", resourceId }, scope);
    this.roleOf = blobRoles(name, args.roleSeed, scope);
    this.endpoint = pulumi.interpolate`https://${host}`;
    this.artifacts = pulumi.interpolate`wasbs://artifacts@${host}/`;
    this.url = (container) => pulumi.interpolate`https://${host}/${container}`;
    const blobs = pulumi.interpolate`${resourceId}/blobServices/default`;
    sendLogs(name, { workspace: monitoring, resourceId: blobs, categories: logCategories }, scope);
    makeAlerts(name, { subject: "store", resourceId, receivers: monitoring }, scope);
    lock(name, resourceId, scope);
    this.registerOutputs({ endpoint: this.endpoint, artifacts: this.artifacts });
  }

  /** Gives a pod's identity a right on a container, and says how the pod reaches it. */
  access(pod: Pod, container: Container, permission: Permission): PodAccess {
    const { network, identities, egressRanges } = this.args;
    const { use, principal, credentials } = identities.of(pod);
    const right = { use, principal, container, permission, ...(pod.useCase && { useCase: pod.useCase }) };
    const role = this.grant(`${pod.name}-${container}`, right);
    const cidr = network.ranges.endpoints;
    return {
      ...emptyAccess,
      egress: [{ to: [{ ipBlock: { cidr } }], ports: [443] }, ...tokenEgress(egressRanges)],
      dependsOn: [...credentials, role, this.ready],
    };
  }

  /** Gives a right; its role assignment, on which depends what uses it, belongs to `parent`. */
  grant(name: string, right: ContainerRight, parent: pulumi.Resource = this): pulumi.Resource {
    const { principal, container, permission, useCase } = right;
    const args = {
      principal,
      ...this.roleOf(permission),
      on: this.containers[container].id,
      description: describe(this.scope.environment, right),
      ...(useCase && container !== "artifacts" && { condition: onlyBelow(useCase) }),
    };
    return assignRole(name, args, within(this.scope, parent));
  }
}

const logCategories = ["StorageRead", "StorageWrite", "StorageDelete"];

function describe(environment: string, { use, container, permission, useCase }: ContainerRight): string {
  const place = useCase && container !== "artifacts" ? `${container}/${useCase}` : container;
  return `${use} of ${environment} has ${permission} access to ${place}.`;
}

interface StoreAccount {
  readonly account: storage.StorageAccount;
  readonly containers: Readonly<Record<Container, storage.BlobContainer>>;
}

function makeAccount(name: string, args: ArtifactStoreArgs): StoreAccount {
  const { scope, key, dataClassification } = args;
  const { production, resourceGroupName, options } = scope;
  const account = new storage.StorageAccount(name, accountInputs(args), {
    ...options,
    ...stateful("azure-native:storage:StorageAccount", production),
    dependsOn: key ? [key.role] : [],
  });
  const of = { accountName: account.name, resourceGroupName };
  const service = new storage.BlobServiceProperties(
    `${name}-blobs`,
    { ...of, blobServicesName: "default", ...protection(production) },
    options,
  );
  const policy = { rules: lifecycleRules(dataClassification, production) };
  new storage.ManagementPolicy(
    `${name}-lifecycle`,
    { ...of, managementPolicyName: "default", policy },
    // Versioning must be on before a rule names versions, and before a container may ask for immutable ones.
    { ...options, dependsOn: [service] },
  );
  const made = containers.map((one) => [one, makeContainer(`${name}-${one}`, one, of, service, scope)]);
  return { account, containers: Object.fromEntries(made) };
}

type OfAccount = Pick<storage.BlobContainerArgs, "accountName" | "resourceGroupName">;

/**
 * In production, versions of artifacts are immutable: MLflow goes on overwriting and deleting, which a whole container
 * under WORM would refuse it, and Azure keeps the bytes that were there, which nobody can delete before their time. The
 * policy is left unlocked: locking cannot be undone, and is the choice of who answers for the records.
 */
function makeContainer(
  name: string,
  containerName: Container,
  of: OfAccount,
  service: pulumi.Resource,
  { production, options }: AzureScope,
) {
  const immutable = production && containerName === "artifacts";
  const versions = immutable && { immutableStorageWithVersioning: { enabled: true } };
  const made = new storage.BlobContainer(
    name,
    { ...of, containerName, publicAccess: "None", ...versions },
    { ...options, ...stateful("azure-native:storage:BlobContainer", production), dependsOn: [service] },
  );
  if (immutable) keepVersions(`${name}-immutability`, { ...of, containerName: made.name }, options);
  return made;
}

type OfContainer = Pick<
  storage.BlobContainerImmutabilityPolicyArgs,
  "accountName" | "resourceGroupName" | "containerName"
>;

function keepVersions(name: string, of: OfContainer, options: AzureScope["options"]): void {
  const immutabilityPeriodSinceCreationInDays = releasedModelDays;
  const inputs = { ...of, immutabilityPolicyName: "default", immutabilityPeriodSinceCreationInDays };
  new storage.BlobContainerImmutabilityPolicy(name, inputs, { ...options, protect: true });
}

function accountInputs(args: ArtifactStoreArgs): storage.StorageAccountArgs {
  const { scope, key } = args;
  return {
    ...placed(scope),
    accountName: scope.names.storageAccount,
    kind: "StorageV2",
    sku: { name: redundancy(args) },
    accessTier: "Hot",
    allowSharedKeyAccess: false,
    defaultToOAuthAuthentication: true,
    allowBlobPublicAccess: false,
    isLocalUserEnabled: false,
    isSftpEnabled: false,
    allowCrossTenantReplication: false,
    allowedCopyScope: "PrivateLink",
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
    publicNetworkAccess: "Disabled",
    networkRuleSet: { defaultAction: "Deny", bypass: "None", ipRules: [], virtualNetworkRules: [] },
    encryption: { requireInfrastructureEncryption: true, ...keySource(key) },
    ...(key && { identity: { type: "UserAssigned", userAssignedIdentities: [key.identityId] } }),
  };
}

const keySource = (key?: EncryptionKey) =>
  key
    ? {
        keySource: "Microsoft.Keyvault",
        keyVaultProperties: { keyName: key.keyName, keyVaultUri: key.vaultUri },
        encryptionIdentity: { encryptionUserAssignedIdentity: key.identityId },
      }
    : { keySource: "Microsoft.Storage" };

/**
 * Copies in zones where the region has them, and in the paired region where asked; production never keeps one
 * building's copies only.
 */
function redundancy({ scope, zones, geoRedundant }: ArtifactStoreArgs): string {
  const zonal = zones.length > 1;
  if (geoRedundant) return zonal ? "Standard_GZRS" : "Standard_GRS";
  if (zonal) return "Standard_ZRS";
  return scope.production ? "Standard_GRS" : "Standard_LRS";
}

function protection(production: boolean) {
  const days = production ? 30 : 7;
  const kept = { enabled: true, days };
  return {
    isVersioningEnabled: true,
    changeFeed: { enabled: true, retentionInDays: 90 },
    deleteRetentionPolicy: { ...kept, allowPermanentDelete: false },
    containerDeleteRetentionPolicy: kept,
    // A restore passes over immutable blobs, so that what it leaves is the state of no time: production restores
    // versions.
    restorePolicy: production ? { enabled: false } : { enabled: true, days: days - 1 },
  };
}
