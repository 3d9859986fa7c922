import type * as pulumi from "@pulumi/pulumi";
import { profiles } from "../profiles";
import type { ProfileName } from "../settings";
import type { Backups } from "./objectsS3";

/** How large PostgreSQL is, and what it runs. */
export interface PostgresqlSpecArgs {
  /** Size of its pods, and how long backups are kept. */
  readonly profile: ProfileName;
  readonly production: boolean;
  readonly instances: number;
  readonly storageGb: number;
  readonly storageClass?: string;
  /** The mirrored image `postgresql`. */
  readonly image: pulumi.Input<string>;
  readonly backups: Backups;
}

/** Name of the cluster; its writable Service is `database-rw`. */
export const databaseName = "database";

/**
 * The pods of PostgreSQL in the environment's data namespace, of whatever `Cluster`: a restored one has another name.
 * The operator puts this label on its Jobs too.
 */
export const databasePods = { matchExpressions: [{ key: "cnpg.io/cluster", operator: "Exists" }] };

interface DatabaseSize {
  readonly cpu: string;
  readonly memory: string;
  readonly sharedBuffers: string;
}

/** What each replica of PostgreSQL takes. */
export const databaseSizes: Readonly<Record<ProfileName, DatabaseSize>> = {
  frugal: { cpu: "250m", memory: "1Gi", sharedBuffers: "256MB" },
  standard: { cpu: "1", memory: "4Gi", sharedBuffers: "1GB" },
  full: { cpu: "2", memory: "8Gi", sharedBuffers: "2GB" },
};

const loginRole = (name: string, connectionLimit: number) => ({
  name,
  ensure: "present",
  login: true,
  superuser: false,
  createdb: false,
  createrole: false,
  replication: false,
  bypassrls: false,
  inherit: true,
  connectionLimit,
  passwordSecret: { name: `database-${name}` },
});

function postgresql(sharedBuffers: string, instances: number) {
  return {
    parameters: {
      shared_buffers: sharedBuffers,
      max_connections: "100",
      ssl_min_protocol_version: "TLSv1.3",
      password_encryption: "scram-sha-256",
      log_connections: "on",
      log_disconnections: "on",
      log_checkpoints: "on",
      // Naming one of its parameters makes the operator load the extension.
      "pgaudit.log": "ddl, role",
      "pgaudit.log_catalog": "off",
    },
    // The operator's own rules come first, its wide default last: the reject keeps that from being reached.
    pg_hba: ["hostssl tracking,auth prepare,tracking all scram-sha-256", "host all all all reject"],
    ...(instances > 2 && { synchronous: { method: "any", number: 1 } }),
  };
}

function backup({ backups, profile }: PostgresqlSpecArgs) {
  const compressed = { compression: "gzip" };
  return {
    // Native since it needs no further operator; CloudNativePG has it without the plugin until 1.30.
    barmanObjectStore: { ...backups.objectStore, wal: compressed, data: { ...compressed, jobs: 2 } },
    retentionPolicy: `${profiles[profile].backupDays}d`,
  };
}

const bootstrap = {
  initdb: {
    database: "tracking",
    owner: "prepare",
    secret: { name: "database-prepare" },
    encoding: "UTF8",
    dataChecksums: true,
  },
};

const managed = {
  roles: [loginRole("prepare", 10), loginRole("tracking", 60)],
  services: { disabledDefaultServices: ["ro", "r"] },
};

/** Two replicas on one node fall with it; a cluster of one node still takes them, but not in production. */
const affinity = (production: boolean) => ({
  enablePodAntiAffinity: true,
  topologyKey: "kubernetes.io/hostname",
  podAntiAffinityType: production ? "required" : "preferred",
});

/** The spec of the Cluster: no superuser over the network, TLS and scram only, one role that owns, one that writes. */
export function clusterSpec(args: PostgresqlSpecArgs) {
  const { production, instances, storageGb, storageClass } = args;
  const { cpu, memory, sharedBuffers } = databaseSizes[args.profile];
  const certificate = `${databaseName}-rw-tls`;
  return {
    instances,
    imageName: args.image,
    primaryUpdateStrategy: "unsupervised",
    // It waits so long for clients to leave, and lets none in: servers keep their connections, so they never do.
    smartShutdownTimeout: 15,
    enableSuperuserAccess: false,
    enablePDB: instances > 1,
    storage: { size: `${storageGb}Gi`, ...(storageClass && { storageClass }) },
    ...{ bootstrap, managed },
    certificates: { serverCASecret: certificate, serverTLSSecret: certificate },
    postgresql: postgresql(sharedBuffers, instances),
    resources: { requests: { cpu, memory }, limits: { memory } },
    seccompProfile: { type: "RuntimeDefault" },
    affinity: affinity(production),
    // `alerts.ts` makes the PodMonitor, where rules and previews see it.
    monitoring: { enablePodMonitor: false, disableDefaultQueries: false },
    backup: backup(args),
  };
}
