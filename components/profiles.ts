import type { ProfileName } from "./settings/choices";

/** What a profile decides. Security is no matter of a profile: the tier decides that. */
export interface Profile {
  /** For the table in the docs. */
  readonly summary: string;
  /** Replicas of each model server, and how far it may scale out; the same number twice makes no HPA. */
  readonly servingReplicas: readonly [least: number, most: number];
  readonly proxyReplicas: number;
  /** Nodes of the system pool and the least of the user pool. */
  readonly systemNodes: number;
  readonly userNodes: number;
  /** Spread over zones, with a stand-by of the database in another. */
  readonly highAvailability: boolean;
  /** Copies of backups and blobs in the paired region. */
  readonly geoRedundant: boolean;
  readonly backupDays: number;
  readonly logRetentionDays: number;
  /** Metric alerts on the managed parts. */
  readonly metricAlerts: boolean;
  /** Paid tier of the cluster's control plane, with its SLA. */
  readonly clusterSla: boolean;
  /** Sizes on Azure, where the stack's file has none. */
  readonly sizes: AzureSizes;
}

/** VM sizes of node pools, and a PostgreSQL Flexible Server. */
export interface AzureSizes {
  readonly system: string;
  readonly user: string;
  readonly database: {
    readonly tier: "Burstable" | "GeneralPurpose" | "MemoryOptimized";
    readonly size: string;
    readonly storageGb: number;
  };
}

/** The three profiles; docs/azure.md has them as a table that is made from here. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  frugal: {
    summary: "one of everything, for trying out and for development",
    servingReplicas: [1, 1],
    proxyReplicas: 1,
    systemNodes: 1,
    userNodes: 0,
    highAvailability: false,
    geoRedundant: false,
    backupDays: 7,
    logRetentionDays: 90,
    metricAlerts: false,
    clusterSla: false,
    sizes: {
      system: "Standard_D2as_v5",
      user: "Standard_D4as_v5",
      database: { tier: "Burstable", size: "Standard_B1ms", storageGb: 32 },
    },
  },
  standard: {
    summary: "production of a first model: no single point of failure in serving, restorable data",
    servingReplicas: [2, 4],
    proxyReplicas: 2,
    systemNodes: 2,
    userNodes: 2,
    highAvailability: true,
    geoRedundant: true,
    backupDays: 14,
    logRetentionDays: 90,
    metricAlerts: true,
    clusterSla: true,
    sizes: {
      system: "Standard_D4as_v5",
      user: "Standard_D4as_v5",
      database: { tier: "GeneralPurpose", size: "Standard_D2ds_v5", storageGb: 128 },
    },
  },
  full: {
    summary: "several models that a business depends on",
    servingReplicas: [3, 10],
    proxyReplicas: 3,
    systemNodes: 3,
    userNodes: 2,
    highAvailability: true,
    geoRedundant: true,
    backupDays: 35,
    logRetentionDays: 365,
    metricAlerts: true,
    clusterSla: true,
    sizes: {
      system: "Standard_D4as_v5",
      user: "Standard_D8as_v5",
      database: { tier: "GeneralPurpose", size: "Standard_D4ds_v5", storageGb: 256 },
    },
  },
};
