import { secret } from "../../protocol/properties";
import type { Mutation } from "./mutation";
import { azure, broken, logsOf } from "./place";

const server = azure("dbforpostgresql:Server");
const firewallRule = { ...azure("dbforpostgresql:FirewallRule"), rule: "PG-02", add: true } as const;
const administrator = azure("dbforpostgresql:AdministratorsMicrosoftEntra", "database-administrators-group");
const parameter = (name: string) => azure("dbforpostgresql:Configuration", `database-${name}`);
// Beside the one that is there already.
const override = { ...azure("dbforpostgresql:Configuration", "override"), add: true } as const;
const ofServer = { serverName: "psql-ecluse-prod-a1" };

const databaseMutations: (Mutation | Mutation[])[] = [
  broken(server, "PG-01", { "network.publicNetworkAccess": "Enabled" }, { network: undefined }),
  { ...firewallRule, set: { startIpAddress: "192.0.2.1", endIpAddress: "192.0.2.1" } },
  { ...firewallRule, stack: "dev", set: { startIpAddress: "0.0.0.0", endIpAddress: "0.0.0.0" } },
  { ...firewallRule, stack: "dev", set: { startIpAddress: "0.0.0.1", endIpAddress: "255.255.255.254" } },
  broken(server, "PG-03", { "authConfig.activeDirectoryAuth": "Disabled" }, { authConfig: undefined }),
  broken(server, "PG-04", { "authConfig.passwordAuth": "Enabled" }),
  broken(server, "PG-04", { administratorLoginPassword: secret("from a keyboard") }),
  broken(administrator, "PG-05", { principalType: "User" }),
  { ...administrator, rule: "PG-05", drop: true },
  { ...administrator, name: "me", rule: "PG-05", add: true, set: { principalType: "User" } },
  broken(parameter("require_secure_transport"), "PG-06", { value: "OFF" }),
  { ...parameter("require_secure_transport"), rule: "PG-06", drop: true },
  {
    ...override,
    rule: "PG-06",
    set: { ...ofServer, configurationName: "require_secure_transport", value: "off" },
  },
  broken(parameter("ssl_min_protocol_version"), "PG-07", { value: "TLSv1.1" }),
  {
    ...override,
    rule: "PG-07",
    set: { ...ofServer, configurationName: "ssl_min_protocol_version", value: "TLSv1" },
  },
  broken(parameter("log_connections"), "PG-08", { value: "off" }),
  { ...override, rule: "PG-08", set: { ...ofServer, configurationName: "pgaudit.log", value: "none" } },
  broken(parameter("pgaudit.log"), "PG-08", { value: "none" }),
  broken(parameter("shared_preload_libraries"), "PG-08", { value: "pg_stat_statements" }),
  { ...parameter("log_disconnections"), rule: "PG-08", drop: true },
  broken(server, "PG-09", { "backup.backupRetentionDays": 7 }, { "backup.geoRedundantBackup": "Disabled" }),
  broken(server, "PG-10", { "highAvailability.mode": "Disabled" }),
  broken(server, "PG-11", { "dataEncryption.type": "SystemManaged" }, { dataEncryption: undefined }),
  broken(
    logsOf("database"),
    "PG-12",
    { "logs.0.enabled": false },
    { "logs.0.category": "PostgreSQLFlexSessions" },
  ),
  { ...logsOf("database"), rule: "PG-12", drop: true },
  { ...server, rule: "PG-13", options: { protect: false } },
  broken(server, "PG-14", { version: "12" }, { "maintenanceWindow.customWindow": "Disabled" }),
];

const account = azure("storage:StorageAccount");
const blobs = azure("storage:BlobServiceProperties");
const artifacts = azure("storage:BlobContainer", "store-artifacts");
const immutability = azure("storage:BlobContainerImmutabilityPolicy");
const lifecycle = azure("storage:ManagementPolicy");
const ofAccount = { accountName: "stecluseproda1" };
const deletion = {
  definition: { actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } } },
};
const aged = { allowSharedKeyAccess: true, "keyPolicy.keyExpirationPeriodInDays": 90 };
const sasFor = (sasExpirationPeriod: string) => ({ sasPolicy: { sasExpirationPeriod } });

const storageMutations: (Mutation | Mutation[])[] = [
  broken(account, "ST-01", { allowSharedKeyAccess: true }, { allowSharedKeyAccess: undefined }),
  broken({ ...account, stack: "dev" }, "ST-01", { allowSharedKeyAccess: true }),
  broken(account, "ST-02", { allowBlobPublicAccess: true }, { allowBlobPublicAccess: undefined }),
  broken(azure("storage:BlobContainer", "store-reports"), "ST-02", { publicAccess: "Blob" }),
  broken(account, "ST-03", { publicNetworkAccess: "Enabled" }, { publicNetworkAccess: undefined }),
  broken(account, "ST-04", { "networkRuleSet.defaultAction": "Allow" }, { networkRuleSet: undefined }),
  broken(account, "ST-04", { "networkRuleSet.ipRules.0.iPAddressOrRange": "0.0.0.0/0" }),
  broken(account, "ST-05", { enableHttpsTrafficOnly: false }),
  broken(account, "ST-06", { minimumTlsVersion: "TLS1_0" }, { minimumTlsVersion: undefined }),
  broken(account, "ST-07", { allowCrossTenantReplication: true }, { allowedCopyScope: undefined }),
  broken(account, "ST-08", { defaultToOAuthAuthentication: undefined }),
  broken(account, "ST-09", { isSftpEnabled: true }, { isLocalUserEnabled: undefined }),
  { ...azure("storage:LocalUser"), rule: "ST-09", add: true },
  broken(account, "ST-10", { allowSharedKeyAccess: true }, { ...aged, ...sasFor("7.00:00:00") }),
  broken(account, "ST-10", { ...aged, ...sasFor("1.00:00:00"), "keyPolicy.keyExpirationPeriodInDays": 365 }),
  { ...account, name: "scratch", rule: "ST-11", add: true, set: { accountName: "stscratch" } },
  broken(blobs, "ST-11", { isVersioningEnabled: false }, { accountName: "other" }),
  { ...blobs, name: "override", rule: "ST-11", add: true, set: { ...ofAccount, isVersioningEnabled: false } },
  broken(blobs, "ST-12", { "deleteRetentionPolicy.days": 1 }, { containerDeleteRetentionPolicy: undefined }),
  broken(blobs, "ST-12", { "deleteRetentionPolicy.allowPermanentDelete": true }),
  { ...blobs, name: "override", rule: "ST-12", add: true, set: { ...ofAccount, isVersioningEnabled: true } },
  broken(artifacts, "ST-13", { immutableStorageWithVersioning: undefined }, { containerName: "models" }),
  broken(immutability, "ST-13", { immutabilityPeriodSinceCreationInDays: 30 }, { containerName: "data" }),
  { ...immutability, rule: "ST-13", drop: true },
  broken(account, "ST-14", { "sku.name": "Standard_LRS" }),
  broken(account, "ST-15", { "encryption.requireInfrastructureEncryption": undefined }),
  broken(account, "ST-15", { "encryption.keySource": "Microsoft.Storage" }),
  broken(logsOf("store"), "ST-16", { "logs.0.enabled": false }, { "logs.2": undefined }),
  { ...logsOf("store"), rule: "ST-16", drop: true },
  broken(lifecycle, "ST-17", { "policy.rules.2.definition.filters": undefined }),
  broken(lifecycle, "ST-17", { "policy.rules.2.definition.filters.prefixMatch.1": "artifacts/1/" }),
  broken(lifecycle, "ST-17", {
    "policy.rules.0.definition.actions.baseBlob.delete.daysAfterModificationGreaterThan": 365,
  }),
  {
    ...lifecycle,
    name: "override",
    rule: "ST-17",
    add: true,
    set: { ...ofAccount, "policy.rules": [deletion] },
  },
  { ...account, name: "scratch", rule: "ST-18", add: true, set: { accountName: "stscratch" } },
];

/** Databases and stores of Azure, broken as people break them. */
export const azureDataMutations: readonly Mutation[] = [databaseMutations, storageMutations].flat(2);
