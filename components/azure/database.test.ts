import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { PodAccess, PodRole } from "../kubernetes/foundation";
import { databaseArgs, pairedVaultArgs, vaultArgs } from "./args";
import { MetadataDatabase } from "./database";
import {
  alertsOf,
  endpointsOf,
  identitiesOf,
  locksOf,
  logsOf,
  ofType,
  only,
  type Registered,
  registeredBy,
  standsOf,
  type Variant,
} from "./fixture";
import { type EncryptionKey, Vault } from "./vault";

/** The keys of a server whose data is confidential, by both vaults. */
function keysOf({ asked, ...given }: ReturnType<typeof standsOf>) {
  const { database: primary } = new Vault("own-vault", { ...given, ...vaultArgs(asked) }).keys;
  const args = pairedVaultArgs(asked);
  const paired = args && new Vault("own-vault-paired", { ...given, ...args }).keys["database-paired"];
  return { primary: primary as EncryptionKey, ...(paired && { paired }) };
}

async function database(variant: Variant) {
  const known: Record<string, Record<string, string>> = {};
  const accesses: Record<string, PodAccess> = {};
  const all = await registeredBy(() => {
    const stands = standsOf(variant);
    const { asked, ...given } = stands;
    const identities = identitiesOf(asked, given.scope);
    const keys = variant.classification && { keys: keysOf(stands) };
    const made = new MetadataDatabase("own-database", {
      ...given,
      identities,
      ...databaseArgs(asked),
      ...keys,
    });
    const pod = (role: PodRole) => ({ role, namespace: `${variant.environment}-platform`, name: role });
    accesses.prepare = made.access(pod("prepare"));
    accesses.tracking = made.access(pod("tracking"));
    accesses.administration = made.administration;
    expect(() => made.access(pod("serve"))).toThrow(
      "a pod of role serve has no role in PostgreSQL: only prepare and tracking have",
    );
    for (const [name, { env }] of Object.entries(accesses))
      pulumi.output(env).apply((values) => {
        known[name] = Object.fromEntries(values.map((one) => [one.name, one.value as string]));
      });
  });
  return { all, known, accesses };
}

const uri = (user: string, name: string, environment = "prod") =>
  `postgresql+psycopg2://${user}@psql-ecluse-${environment}-a1b2.postgres.database.azure.com:5432/${name}?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt`;

test.each(["dev", "prod"] as const)(
  "the server of %s knows no passwords and no public address",
  async (environment) => {
    const { all } = await database({ environment });
    const { inputs } = only(all, "Server");
    expect(inputs).toMatchObject({
      version: "17",
      authConfig: {
        activeDirectoryAuth: "Enabled",
        passwordAuth: "Disabled",
        tenantId: "22222222-2222-4222-8222-222222222222",
      },
      network: { publicNetworkAccess: "Disabled" },
      maintenanceWindow: { customWindow: "Enabled", dayOfWeek: 0, startHour: 2, startMinute: 0 },
      dataEncryption: { type: "SystemManaged" },
    });
    expect(inputs).not.toHaveProperty("administratorLogin");
    expect(inputs).not.toHaveProperty("administratorLoginPassword");
    expect(inputs.network).not.toHaveProperty("delegatedSubnetResourceId");
    expect(endpointsOf(all)).toEqual([["postgres", "postgresqlServer", "own-database"]]);
    expect(all.filter(({ type }) => type.endsWith("FirewallRule"))).toEqual([]);
  },
);

test("production has a stand-by in another zone, copies in the paired region, and is protected", async () => {
  const server = only((await database({ environment: "prod" })).all, "Server");
  expect(server.inputs).toMatchObject({
    highAvailability: { mode: "ZoneRedundant" },
    backup: { backupRetentionDays: 14, geoRedundantBackup: "Enabled" },
  });
  expect(server.protect).toBe(true);
});

test("a frugal development has neither", async () => {
  const { inputs, protect } = only((await database({ environment: "dev" })).all, "Server");
  expect(inputs).toMatchObject({
    highAvailability: { mode: "Disabled" },
    backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled" },
  });
  expect(protect).toBe(false);
});

test("pods log in as the role of their identity, without a password", async () => {
  const { known } = await database({ environment: "prod" });
  for (const role of ["prepare", "tracking"])
    expect(known[role]).toEqual({
      ECLUSE_TRACKING_DATABASE: uri(role, "tracking"),
      ECLUSE_AUTH_DATABASE: uri(role, "auth"),
      ECLUSE_DATABASE_LOGIN: "entra",
    });
  expect(known.administration).toMatchObject({
    ECLUSE_ADMIN_DATABASE: uri("id-ecluse-prod-database-admin", "postgres"),
    ECLUSE_DATABASE_LOGIN: "entra",
  });
  expect(JSON.parse(known.administration?.ECLUSE_DATABASE_ROLES ?? "")).toEqual({
    databases: ["tracking", "auth"],
    pgaudit: true,
    owner: { name: "prepare", object_id: "principal-of-prod-identities-prepare" },
    writer: { name: "tracking", object_id: "principal-of-prod-identities-tracking" },
  });
});

test("a delegated subnet takes the place of the private endpoint", async () => {
  const { all, accesses } = await database({ environment: "prod", access: "delegatedSubnet" });
  expect(only(all, "Server").inputs.network).toEqual({
    publicNetworkAccess: "Disabled",
    delegatedSubnetResourceId: "/subnets/database",
    privateDnsZoneArmResourceId: "/zones/ecluse.private.postgres.database.azure.com",
  });
  expect(endpointsOf(all)).toEqual([]);
  expect(accesses.tracking?.egress[0]).toEqual({
    to: [{ ipBlock: { cidr: "10.20.9.0/24" } }],
    ports: [5432],
  });
});

test("confidential data and its copies are encrypted with keys of two regions", async () => {
  const { all } = await database({ environment: "prod", classification: "confidential" });
  const server = only(all, "Server");
  const [primary, paired] = ["own-vault-database-identity", "own-vault-paired-database-paired-identity"].map(
    (name) => expect.stringMatching(new RegExp(`/${name}$`)),
  );
  expect(server.inputs.dataEncryption).toEqual({
    type: "AzureKeyVault",
    primaryKeyURI: "https://keys/own-vault-database",
    primaryUserAssignedIdentityId: primary,
    geoBackupKeyURI: "https://keys/own-vault-paired-database-paired",
    geoBackupUserAssignedIdentityId: paired,
  });
  expect(Object.keys(server.inputs.identity.userAssignedIdentities)).toEqual([primary, paired]);
  expect(server.dependsOn).toEqual(
    expect.arrayContaining(["own-vault-database-role", "own-vault-paired-database-paired-role"]),
  );
  expect(only(all, "UserAssignedIdentity", "own-vault-paired-database-paired-identity").inputs.location).toBe(
    "northeurope",
  );
});

test("a stand-by on a burstable server is refused before anything of it is made", async () => {
  await expect(database({ environment: "prod", databaseTier: "Burstable" })).rejects.toThrow(
    'ecluse:azure.database.tier is "Burstable": has no stand-by for profile standard: set it to GeneralPurpose',
  );
});

const parameters = (all: Registered[]) => ofType(all, "dbforpostgresql:Configuration");

test("administrators are the group of people and the identity of the Job that makes roles", async () => {
  const all = (await database({ environment: "prod" })).all;
  const administrators = ofType(all, "dbforpostgresql:AdministratorsMicrosoftEntra");
  expect(
    administrators.map(({ inputs }) => [inputs.objectId, inputs.principalName, inputs.principalType]),
  ).toEqual([
    ["dba-id", "dba", "Group"],
    ["principal-of-prod-identities-database-admin", "id-ecluse-prod-database-admin", "ServicePrincipal"],
  ]);
});

test.each(["dev", "prod"] as const)(
  "%s asks for TLS, throttles logins and logs what administrators do",
  async (environment) => {
    const all = (await database({ environment })).all;
    const values = Object.fromEntries(
      parameters(all).map(({ inputs }) => [inputs.configurationName, inputs.value]),
    );
    expect(values).toEqual({
      require_secure_transport: "on",
      ssl_min_protocol_version: "TLSv1.2",
      log_connections: "on",
      log_disconnections: "on",
      log_checkpoints: "on",
      "connection_throttle.enable": "on",
      "azure.extensions": "PGAUDIT",
      shared_preload_libraries: "pgaudit,pg_stat_statements",
      "pgaudit.log": "ddl,role",
    });
  },
);

test("pgaudit is taken out for a major upgrade: its library, its parameter and its extension", async () => {
  const { all, known } = await database({ environment: "prod", pgaudit: false });
  const values = new Map(parameters(all).map(({ inputs }) => [inputs.configurationName, inputs.value]));
  expect(values.get("shared_preload_libraries")).toBe("pg_stat_statements");
  expect(values.has("pgaudit.log")).toBe(false);
  expect(JSON.parse(known.administration?.ECLUSE_DATABASE_ROLES ?? "{}")).toMatchObject({ pgaudit: false });
});

test("administrators, parameters and databases are made one after another", async () => {
  const { all } = await database({ environment: "prod" });
  const inServer = all.filter(({ type }) => /^azure-native:dbforpostgresql:(?!Server$)/.test(type));
  const chain = inServer.map(({ name, dependsOn }) => [
    dependsOn.filter((other) => inServer.some((one) => one.name === other)),
    name,
  ]);
  const next = new Map(chain.map(([before, name]) => [String(before), name]));
  expect(next.size).toBe(13);
  const order: string[] = [];
  for (let last = ""; next.has(last); last = order.at(-1) as string) order.push(String(next.get(last)));
  expect(order.slice(0, 2)).toEqual(["own-database-administrators-group", "own-database-administrators-job"]);
  expect(order.slice(-2)).toEqual(["own-database-tracking", "own-database-auth"]);
  expect(order.indexOf("own-database-azure.extensions")).toBeLessThan(
    order.indexOf("own-database-pgaudit.log"),
  );
  expect(order).toHaveLength(13);
});

test("production's server is locked, watched and logged", async () => {
  const { all } = await database({ environment: "prod" });
  expect(locksOf(all)).toEqual(["own-database"]);
  expect(alertsOf(all)).toEqual([
    ["database-connections", "own-database"],
    ["database-cpu", "own-database"],
    ["database-storage", "own-database"],
  ]);
  expect(logsOf(all)).toEqual([["azure-native:dbforpostgresql:Server/own-database", ["PostgreSQLLogs"]]]);
});
