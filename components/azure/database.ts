import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../errors";
import { emptyAccess, variables } from "../kubernetes/access";
import type { ClusterDatabase, Pod, PodAccess } from "../kubernetes/foundation";
import { namespaces } from "../naming";
import { databaseVariables } from "../processes/tracking";
import { within } from "../scope";
import type { AzureDatabaseSettings } from "../settings";
import { stateful } from "../stateful";
import { makeAlerts } from "./alerts";
import { privateEndpoint } from "./dns";
import { tokenEgress } from "./federation";
import type { Identities, Identity } from "./identities";
import { lock } from "./lock";
import { sendLogs } from "./logs";
import type { Monitoring } from "./monitoring";
import type { Network } from "./network";
import { type AzureScope, placed } from "./scope";
import type { EncryptionKey } from "./vault";

/** What the metadata database is made from: its size, and what it stands on. */
export interface MetadataDatabaseArgs extends AzureDatabaseSettings {
  readonly scope: AzureScope;
  readonly network: Pick<Network, "databaseSubnetId" | "endpointsSubnetId" | "privateZone" | "ranges">;
  readonly monitoring: Pick<Monitoring, "workspaceId" | "actionGroupId" | "metricAlerts">;
  readonly identities: Identities;
  /** The Entra group that administers it; PostgreSQL logs in by the name. */
  readonly administrators: { readonly id: string; readonly name: string };
  readonly backupDays: number;
  /** Whether backups are copied to the paired region. */
  readonly geoRedundant: boolean;
  /** Where a stand-by is; undefined for none. */
  readonly standby?: "ZoneRedundant" | "SameZone";
  /** Encrypt the server in place of Microsoft's key; `paired` encrypts its geo-redundant backups. */
  readonly keys?: { readonly primary: EncryptionKey; readonly paired?: EncryptionKey };
  /** CIDR ranges by which pods reach Entra. */
  readonly egressRanges: readonly string[];
}

/** The databases: MLflow's own, and its users' rights. */
const databases = ["tracking", "auth"] as const;

// libpq's `system` would be the folder of whoever built psycopg2's wheel; this file is that of Debian and Ubuntu
// images.
const authorities = "/etc/ssl/certs/ca-certificates.crt";

/** @throws InputError where a server of the smallest tier is asked for a stand-by. */
function checkStandby({ tier, standby }: MetadataDatabaseArgs): void {
  if (standby && tier === "Burstable")
    throw new InputError("tier", tier, "it has no stand-by: set it to GeneralPurpose, or leave standby out");
}

/** An environment's PostgreSQL, which pods log in to as the role of their identity, with a token of Entra. */
export class MetadataDatabase extends pulumi.ComponentResource implements ClusterDatabase {
  readonly host: pulumi.Output<string>;
  readonly port = pulumi.output(5432);
  readonly administration: PodAccess;
  private readonly ready: readonly pulumi.Resource[];

  constructor(
    name: string,
    private readonly args: MetadataDatabaseArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:azure:MetadataDatabase", name, {}, opts);
    checkStandby(args);
    const scope = within(args.scope, this);
    const { network, monitoring } = args;
    const server = makeServer(name, { ...args, scope });
    const administrator = platformIdentity(args, "database-admin");
    const contents = {
      administrators: administratorsOf(args, administrator),
      parameters: parametersOf(args),
    };
    const filled = fillServer(name, server, contents, scope);
    const resourceId = server.id;
    const endpoint = { network, service: "postgres", resourceId } as const;
    this.ready = [filled, ...(isDelegated(args) ? [] : [privateEndpoint(name, endpoint, scope)])];
    this.host = server.fullyQualifiedDomainName;
    sendLogs(name, { workspace: monitoring, resourceId, categories: ["PostgreSQLLogs"] }, scope);
    makeAlerts(name, { subject: "database", resourceId, receivers: monitoring }, scope);
    lock(name, resourceId, scope);
    this.administration = this.administratorAccess(administrator);
    this.registerOutputs({ host: this.host, port: this.port });
  }

  /** What a pod of the role that owns the databases, or that reads and writes their rows, needs to log in. */
  access(pod: Pod): PodAccess {
    const user = userOf(pod);
    const uris = databaseVariables((database) => this.uri(user, database));
    return this.login(uris, this.args.identities.of(pod));
  }

  private administratorAccess(administrator: Identity): PodAccess {
    const [owner, writer] = [platformIdentity(this.args, "prepare"), platformIdentity(this.args, "tracking")];
    const roles = {
      databases,
      owner: { name: "prepare", object_id: owner.principalId },
      writer: { name: "tracking", object_id: writer.principalId },
      pgaudit: this.args.pgaudit,
    };
    const values = {
      ECLUSE_ADMIN_DATABASE: this.uri(this.args.scope.names.identity(administrator.use), "postgres"),
      ECLUSE_DATABASE_ROLES: pulumi.jsonStringify(roles),
    };
    return this.login(values, administrator);
  }

  private uri(user: string, database: string): pulumi.Output<string> {
    const tls = `sslmode=verify-full&sslrootcert=${authorities}`;
    return pulumi.interpolate`postgresql+psycopg2://${user}@${this.host}:5432/${database}?${tls}`;
  }

  private login(values: Record<string, pulumi.Output<string>>, { credentials }: Identity): PodAccess {
    const { network, egressRanges } = this.args;
    const cidr = isDelegated(this.args) ? network.ranges.database : network.ranges.endpoints;
    return {
      ...emptyAccess,
      ...variables({ ...values, ECLUSE_DATABASE_LOGIN: "entra" }),
      egress: [{ to: [{ ipBlock: { cidr } }], ports: [5432] }, ...tokenEgress(egressRanges)],
      dependsOn: [...credentials, ...this.ready],
    };
  }
}

const isDelegated = ({ access }: MetadataDatabaseArgs) => access === "delegatedSubnet";

const platformIdentity = (
  { scope, identities }: MetadataDatabaseArgs,
  role: "database-admin" | "prepare" | "tracking",
) => identities.of({ role, namespace: namespaces(scope.environment).platform });

/** PostgreSQL's role of a pod: the one that owns the databases, or the one that reads and writes their rows. */
function userOf({ role }: Pod): "prepare" | "tracking" {
  if (role === "prepare" || role === "tracking") return role;
  throw new Error(`a pod of role ${role} has no role in PostgreSQL: only prepare and tracking have`);
}

/** A PostgreSQL Flexible Server that knows no passwords: Entra's tokens alone log in. */
const makeServer = (name: string, args: MetadataDatabaseArgs) =>
  new dbforpostgresql.Server(name, serverInputs(args), {
    ...args.scope.options,
    ...stateful("azure-native:dbforpostgresql:Server", args.scope.production),
    dependsOn: usedKeys(args.keys).map(({ role }) => role),
  });

function serverInputs(args: MetadataDatabaseArgs): dbforpostgresql.ServerArgs {
  const { scope } = args;
  return {
    ...placed(scope),
    serverName: scope.names.database,
    version: args.version,
    sku: { name: args.size, tier: args.tier },
    // A size that Azure grew by itself would be more than the program's, and no later update could be applied.
    storage: { storageSizeGB: args.storageGb, autoGrow: "Disabled" },
    authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled", tenantId: scope.tenantId },
    network: { publicNetworkAccess: "Disabled", ...delegatedSubnet(args) },
    backup: {
      backupRetentionDays: args.backupDays,
      geoRedundantBackup: args.geoRedundant ? "Enabled" : "Disabled",
    },
    highAvailability: { mode: args.standby ?? "Disabled" },
    // Sunday, 02:00 UTC.
    maintenanceWindow: { customWindow: "Enabled", dayOfWeek: 0, startHour: 2, startMinute: 0 },
    ...encryption(args.keys),
  };
}

function delegatedSubnet(args: MetadataDatabaseArgs) {
  if (!isDelegated(args)) return {};
  return {
    delegatedSubnetResourceId: args.network.databaseSubnetId,
    privateDnsZoneArmResourceId: args.network.privateZone("ecluse.private.postgres.database.azure.com"),
  };
}

const usedKeys = (keys: MetadataDatabaseArgs["keys"]): EncryptionKey[] =>
  keys ? [keys.primary, ...(keys.paired ? [keys.paired] : [])] : [];

function encryption(
  keys: MetadataDatabaseArgs["keys"],
): Pick<dbforpostgresql.ServerArgs, "dataEncryption" | "identity"> {
  if (!keys) return { dataEncryption: { type: "SystemManaged" } };
  const { primary, paired } = keys;
  return {
    dataEncryption: {
      type: "AzureKeyVault",
      primaryKeyURI: primary.uri,
      primaryUserAssignedIdentityId: primary.identityId,
      ...(paired && {
        geoBackupKeyURI: paired.uri,
        geoBackupUserAssignedIdentityId: paired.identityId,
      }),
    },
    identity: { type: "UserAssigned", userAssignedIdentities: identityMap(usedKeys(keys)) },
  };
}

/** Azure wants the identities' ids as keys of a map. */
function identityMap(keys: readonly EncryptionKey[]): pulumi.Output<Record<string, object>> {
  const ids = pulumi.all(keys.map(({ identityId }) => identityId));
  return ids.apply((known) => Object.fromEntries(known.map((id) => [id, {}])));
}

/** Server parameters, in the order they are set: a library must be allowed and loaded before it is configured. */
const parametersOf = ({ pgaudit }: MetadataDatabaseArgs): Readonly<Record<string, string>> => ({
  require_secure_transport: "on",
  ssl_min_protocol_version: "TLSv1.2",
  log_connections: "on",
  log_disconnections: "on",
  log_checkpoints: "on",
  "connection_throttle.enable": "on",
  "azure.extensions": "PGAUDIT",
  // Read at start only: Azure applies it with the first restart or maintenance.
  shared_preload_libraries: pgaudit ? "pgaudit,pg_stat_statements" : "pg_stat_statements",
  // Changes of roles and of the schema; rows would put people's data into the log.
  ...(pgaudit && { "pgaudit.log": "ddl,role" }),
});

interface ServerContents {
  readonly administrators: ReturnType<typeof administratorsOf>;
  readonly parameters: ReturnType<typeof parametersOf>;
}

/**
 * Administrators, parameters and databases of a server, one after another: a server that is busy with one refuses the
 * next. Gives the last, after which all of them are there.
 */
function fillServer(
  name: string,
  server: dbforpostgresql.Server,
  { administrators, parameters }: ServerContents,
  scope: AzureScope,
): pulumi.Resource {
  const of = { serverName: server.name, resourceGroupName: scope.resourceGroupName };
  let last: pulumi.Resource = server;
  const after = () => ({ ...scope.options, dependsOn: [last] });
  for (const [use, principal] of Object.entries(administrators))
    last = new dbforpostgresql.AdministratorsMicrosoftEntra(
      `${name}-${use}`,
      { ...of, ...principal, tenantId: scope.tenantId },
      after(),
    );
  for (const [configurationName, value] of Object.entries(parameters))
    last = new dbforpostgresql.Configuration(
      `${name}-${configurationName}`,
      { ...of, configurationName, value, source: "user-override" },
      after(),
    );
  for (const databaseName of databases)
    last = new dbforpostgresql.Database(
      `${name}-${databaseName}`,
      { ...of, databaseName, charset: "UTF8", collation: "en_US.utf8" },
      { ...after(), ...stateful("azure-native:dbforpostgresql:Database", scope.production) },
    );
  return last;
}

/** People by their group; and the identity of the Job that makes roles, which ARM cannot. */
const administratorsOf = (
  { scope, administrators }: MetadataDatabaseArgs,
  { use, principalId }: Identity,
) => ({
  "administrators-group": {
    objectId: administrators.id,
    principalName: administrators.name,
    principalType: "Group",
  },
  "administrators-job": {
    objectId: principalId,
    principalName: scope.names.identity(use),
    principalType: "ServicePrincipal",
  },
});
