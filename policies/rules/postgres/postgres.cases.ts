import { UNKNOWN } from "../../../protocol/properties";
import { type Cases, type Sketch, urnOf } from "../../cases";

const type = "azure-native:dbforpostgresql:Server";
const range = (startIpAddress: string, endIpAddress = startIpAddress): Sketch => ({
  type: "azure-native:dbforpostgresql:FirewallRule",
  inputs: { startIpAddress, endIpAddress },
});
const key = { type: "AzureKeyVault", primaryUserAssignedIdentityId: "/identity" };
const backup = { backupRetentionDays: 14, geoRedundantBackup: "Enabled" };
const window = { maintenanceWindow: { customWindow: "Enabled" } };

const server: Sketch = { type, id: "/server", inputs: { serverName: "psql" } };
const administrator = (principalType: string, name?: string): Sketch => ({
  type: "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra",
  name,
  inputs: { serverName: "psql", principalType },
});
const parameter = (configurationName: string, value: string, serverName = "PSQL"): Sketch => ({
  type: "azure-native:dbforpostgresql:Configuration",
  name: configurationName,
  inputs: { serverName, configurationName, value },
});
const logging = {
  log_connections: "on",
  log_disconnections: "ON",
  log_checkpoints: "on",
  shared_preload_libraries: "pg_stat_statements,pgaudit",
  "pgaudit.log": "ddl,role",
};
const logged = (parameters: Record<string, string>) => [
  server,
  ...Object.entries(parameters).map(([name, value]) => parameter(name, value)),
];
const setting = (category: string, resourceUri = "/server"): Sketch => ({
  type: "azure-native:monitor:DiagnosticSetting",
  inputs: { resourceUri, workspaceId: "/workspace", logs: [{ category, enabled: true }] },
});

/** What each rule on the PostgreSQL server passes, and what it refuses. */
export const postgresCases: Cases = {
  "PG-01": {
    pass: { network: { publicNetworkAccess: "disabled" } },
    fail: [{ network: { publicNetworkAccess: "Enabled" } }, {}],
  },
  "PG-02": {
    pass: { type, inputs: {} },
    // In production; what passes elsewhere is tested in postgresAccess.test.ts.
    fail: [range("0.0.0.0"), range("0.0.0.0", "255.255.255.255"), range("192.0.2.1")],
    open: "never",
  },
  "PG-03": {
    pass: { authConfig: { activeDirectoryAuth: "Enabled" } },
    fail: [{ authConfig: { activeDirectoryAuth: "Disabled" } }, {}],
  },
  "PG-04": {
    pass: { authConfig: { passwordAuth: "Disabled" } },
    fail: [
      { authConfig: { passwordAuth: "Enabled" } },
      { authConfig: { passwordAuth: "Disabled" }, administratorLoginPassword: "pass" },
      {},
    ],
  },
  "PG-05": {
    pass: [server, administrator("Group", "group"), administrator("ServicePrincipal", "job")],
    fail: [
      [server],
      [server, administrator("ServicePrincipal")],
      [server, administrator("Group", "group"), administrator("User", "person")],
    ],
    open: [server, administrator(UNKNOWN)],
  },
  "PG-06": {
    pass: [server, parameter("require_secure_transport", "ON")],
    fail: [
      [server],
      [server, parameter("require_secure_transport", "off")],
      [server, parameter("require_secure_transport", "on", "other")],
      [server, parameter("require_secure_transport", "on"), parameter("require_secure_transport", "off")],
    ],
    open: [server, parameter("require_secure_transport", "on", UNKNOWN)],
  },
  "PG-07": {
    pass: [server, parameter("ssl_min_protocol_version", "TLSV1.3")],
    fail: [[server], [server, parameter("ssl_min_protocol_version", "TLSv1.1")]],
    open: [server, parameter("ssl_min_protocol_version", UNKNOWN)],
  },
  "PG-08": {
    pass: logged(logging),
    fail: [
      logged({ ...logging, log_connections: "off" }),
      logged({ ...logging, log_disconnections: "off" }),
      logged({ ...logging, log_checkpoints: "off" }),
      logged({ ...logging, shared_preload_libraries: "pg_stat_statements" }),
      logged({ ...logging, "pgaudit.log": "none" }),
      logged({ ...logging, "pgaudit.log": "" }),
      [server],
    ],
    open: logged({ ...logging, "pgaudit.log": UNKNOWN }),
  },
  "PG-09": {
    pass: { backup },
    fail: [
      { backup: { ...backup, backupRetentionDays: 7 } },
      { backup: { ...backup, geoRedundantBackup: "Disabled" } },
      {},
    ],
  },
  "PG-10": {
    pass: { highAvailability: { mode: "ZoneRedundant" } },
    fail: [{ highAvailability: { mode: "Disabled" } }, {}],
  },
  "PG-11": {
    pass: { dataEncryption: key },
    fail: [
      { dataEncryption: { ...key, type: "SystemManaged" } },
      { dataEncryption: { type: "AzureKeyVault" } },
      {},
    ],
    open: {
      type,
      inputs: { dataEncryption: { ...key, type: UNKNOWN } },
      propertyDependencies: { dataEncryption: [urnOf("azure-native:keyvault:Key")] },
    },
  },
  "PG-12": {
    pass: [server, setting("PostgreSQLLogs")],
    fail: [
      [server],
      [server, setting("PostgreSQLFlexSessions")],
      [server, setting("PostgreSQLLogs", "/two")],
    ],
    open: [server, setting("PostgreSQLLogs", UNKNOWN)],
  },
  "PG-13": {
    pass: { type, inputs: {}, protect: true },
    fail: [{}],
    open: "never",
  },
  "PG-14": {
    pass: { version: "17", ...window },
    fail: [{ version: "11", ...window }, { version: "17" }, window],
  },
};
