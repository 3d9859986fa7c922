import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import type * as pulumi from "@pulumi/pulumi";
import { stateful } from "../stateful";
import type { AzureContext } from "./context";
import type { Identity } from "./identities";

/** The databases: MLflow's own, and its users' rights. */
export const databases = ["tracking", "auth"] as const;

/** Server parameters, in the order they are set: a library must be allowed and loaded before it is configured. */
const parameters: Readonly<Record<string, string>> = {
  require_secure_transport: "on",
  ssl_min_protocol_version: "TLSv1.2",
  log_connections: "on",
  log_disconnections: "on",
  log_checkpoints: "on",
  "connection_throttle.enable": "on",
  "azure.extensions": "PGAUDIT",
  // Read at start only: Azure applies it with the first restart or maintenance.
  shared_preload_libraries: "pgaudit,pg_stat_statements",
  // Changes of roles and of the schema; rows would put people's data into the log.
  "pgaudit.log": "ddl,role",
};

/**
 * Administrators, parameters and databases of a server, one after another: a server that is busy with one refuses the next. Gives the
 * last, after which all of them are there.
 */
export function fillServer(
  context: AzureContext,
  server: dbforpostgresql.Server,
  administrator: Identity,
): pulumi.Resource {
  const of = { serverName: server.name, resourceGroupName: context.resourceGroupName };
  let last: pulumi.Resource = server;
  const after = () => ({ ...context.options, dependsOn: [last] });
  for (const [name, principal] of Object.entries(administrators(context, administrator)))
    last = new dbforpostgresql.AdministratorsMicrosoftEntra(
      `database-${name}`,
      { ...of, ...principal, tenantId: context.azure.tenantId },
      after(),
    );
  for (const [configurationName, value] of Object.entries(parameters))
    last = new dbforpostgresql.Configuration(
      `database-${configurationName}`,
      { ...of, configurationName, value, source: "user-override" },
      after(),
    );
  for (const databaseName of databases)
    last = new dbforpostgresql.Database(
      `database-${databaseName}`,
      { ...of, databaseName, charset: "UTF8", collation: "en_US.utf8" },
      { ...after(), ...stateful("azure-native:dbforpostgresql:Database", context.production) },
    );
  return last;
}

/** People by their group; and the identity of the Job that makes roles, which ARM cannot. */
const administrators = ({ azure, names }: AzureContext, { use, principalId }: Identity) => ({
  "administrators-group": {
    objectId: azure.groups.databaseAdmins.id,
    principalName: azure.groups.databaseAdmins.name,
    principalType: "Group",
  },
  "administrators-job": {
    objectId: principalId,
    principalName: names.identity(use),
    principalType: "ServicePrincipal",
  },
});
