import { InputError } from "../errors";
import { groupOf } from "../naming";
import { type Profile, profiles } from "../profiles";
import type { AzureSettings, ClusterSettings, EnvironmentSettings } from "../settings";
import type { AccessRightsArgs } from "./accessRights";
import type { ClusterArgs } from "./cluster";
import type { MetadataDatabaseArgs } from "./database";
import type { IdentitiesArgs } from "./identities";
import type { MonitoringArgs } from "./monitoring";
import type { NetworkArgs } from "./network";
import type { ResourceGroupArgs } from "./resourceGroup";
import type { ArtifactStoreArgs } from "./store";
import type { KeyUse, VaultArgs } from "./vault";

/** Settings of an environment on Azure, whose parts the parser has made sure of. */
export interface AzureEnvironment {
  readonly settings: EnvironmentSettings;
  readonly cluster: ClusterSettings;
  readonly azure: AzureSettings;
}

/** What an environment's parts are not given by its settings, but by each other. */
type Given = "scope" | "network" | "monitoring" | "identities";

/** Where an environment is made, and what its resources are marked with. */
export function groupArgs({ settings, azure }: AzureEnvironment): Omit<ResourceGroupArgs, "provider"> {
  const { environment, tier, governance } = settings;
  const { subscriptionId, tenantId, location, instance, resourceGroup } = azure;
  return {
    ...{ environment, subscriptionId, tenantId, location, instance, resourceGroup },
    production: tier === "production",
    tags: {
      environment,
      tier,
      owner: governance.owner,
      "cost-center": governance.costCenter,
      "data-classification": governance.dataClassification,
      "managed-by": "pulumi",
    },
  };
}

/** Arguments of the network. */
export const networkArgs = ({ azure }: AzureEnvironment): Omit<NetworkArgs, Given> => ({
  ...azure.network,
  databaseDelegated: azure.database.access === "delegatedSubnet",
});

/** Arguments of the monitoring. */
export function monitoringArgs({ settings, azure }: AzureEnvironment): Omit<MonitoringArgs, Given> {
  const { logRetentionDays, metricAlerts } = profiles[settings.profile];
  return {
    ...{ logRetentionDays, metricAlerts },
    ...(settings.profile === "frugal" && { dailyQuotaGb: 1 }),
    emails: azure.alertEmails,
    budget: azure.budget,
  };
}

/** Arguments of the vault. Data that is confidential or more is encrypted with keys of the environment's own. */
export function vaultArgs({ settings }: AzureEnvironment): Omit<VaultArgs, Given> {
  const ownKeys = ["confidential", "restricted"].includes(settings.governance.dataClassification);
  const keys: KeyUse[] = ownKeys ? ["store", "database", "disks"] : [];
  return { keys, clusterKey: settings.tier === "production" };
}

/**
 * Arguments of a second vault in the paired region; undefined where no backup is copied there, or Microsoft's key
 * encrypts it.
 * @throws InputError where the region has no pair.
 */
export function pairedVaultArgs(asked: AzureEnvironment): Omit<VaultArgs, Given> | undefined {
  const { settings, azure } = asked;
  const { pairedLocation, location } = azure;
  if (!profiles[settings.profile].geoRedundant || vaultArgs(asked).keys.length === 0) return undefined;
  if (!pairedLocation)
    throw new InputError(
      "ecluse:azure.location",
      location,
      "has no paired region for the key of geo-redundant backups: choose a region with a pair, or " +
        "dataClassification internal",
    );
  return { keys: ["database-paired"], clusterKey: false, pairedLocation };
}

/**
 * Arguments of the cluster.
 * @throws InputError where the user pool could not hold its least number of nodes.
 */
export function clusterArgs(
  asked: AzureEnvironment,
): Omit<ClusterArgs, Given | "registryId" | "secretsKey" | "disksKey"> {
  const { settings, azure } = asked;
  return {
    kubernetesVersion: azure.nodes.kubernetesVersion,
    sla: profiles[settings.profile].clusterSla,
    pools: poolsArgs(asked),
    administrators: azure.groups.clusterAdmins,
    deployer: azure.deployer,
    egress: azure.network.egress,
    egressAddresses: azure.network.egressAddresses,
  };
}

function poolsArgs({ settings, cluster, azure }: AzureEnvironment): ClusterArgs["pools"] {
  const { systemSize, userSize, maxUserNodes, gpuSize, zones } = azure.nodes;
  const { systemNodes, userNodes, highAvailability } = profiles[settings.profile];
  const least = Math.max(1, userNodes);
  if (maxUserNodes < least)
    throw new InputError(
      "ecluse:azure.nodes.maxUserNodes",
      maxUserNodes,
      `profile ${settings.profile} needs at least ${least}`,
    );
  // One node for each use case that may train on a GPU.
  const trainings = settings.useCases.filter(({ training }) => training.gpu).length;
  return {
    ...{ systemSize, systemNodes, userSize, userNodes, maxUserNodes },
    imageBuilds: cluster.builds !== undefined,
    ...(highAvailability && { zones }),
    ...(gpuSize && { gpu: { size: gpuSize, maxNodes: Math.max(1, trainings) } }),
  };
}

/** Issuers that the environment's identities trust, beside its cluster. */
export function identitiesArgs({ settings }: AzureEnvironment): Omit<IdentitiesArgs, Given | "issuer"> {
  const { forge } = settings;
  const group = groupOf(forge);
  return typeof forge === "object" && group ? { gitlab: { url: forge.url, group } } : {};
}

/** Arguments of the artifact store. */
export function storeArgs({
  settings,
  cluster,
  azure,
}: AzureEnvironment): Omit<ArtifactStoreArgs, Given | "key"> {
  const { subscriptionId, resourceGroup, instance, nodes } = azure;
  return {
    dataClassification: settings.governance.dataClassification,
    zones: nodes.zones,
    geoRedundant: profiles[settings.profile].geoRedundant,
    roleSeed: [subscriptionId, resourceGroup, instance].join("/"),
    egressRanges: cluster.egressRanges,
  };
}

/**
 * Arguments of the metadata database.
 * @throws InputError where a stand-by is asked of a server that can have none.
 */
export function databaseArgs({
  settings,
  cluster,
  azure,
}: AzureEnvironment): Omit<MetadataDatabaseArgs, Given | "keys"> {
  const profile = profiles[settings.profile];
  if (profile.highAvailability && azure.database.tier === "Burstable")
    throw new InputError(
      "ecluse:azure.database.tier",
      azure.database.tier,
      `has no stand-by for profile ${settings.profile}: set it to GeneralPurpose`,
    );
  return {
    ...azure.database,
    administrators: azure.groups.databaseAdmins,
    backupDays: profile.backupDays,
    geoRedundant: profile.geoRedundant,
    ...standby(profile, azure.nodes.zones),
    egressRanges: cluster.egressRanges,
  };
}

const standby = ({ highAvailability }: Profile, zones: readonly string[]) =>
  highAvailability && { standby: zones.length > 1 ? ("ZoneRedundant" as const) : ("SameZone" as const) };

/** Who has rights beside the pods. */
export function accessArgs({
  settings,
  azure,
}: AzureEnvironment): Pick<AccessRightsArgs, "auditors" | "dataLanders" | "useCases"> {
  const { auditors, dataLanders } = azure.groups;
  return {
    ...(auditors && { auditors }),
    ...(dataLanders && { dataLanders }),
    useCases: settings.useCases.map(({ name }) => name),
  };
}
