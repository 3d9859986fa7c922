import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { PodAccess } from "../kubernetes/foundation";
import { azureDatabase } from "./database";
import { identities } from "./identities";
import { contextOf, fakeNetwork, type Variant } from "./rolesFixture";
import { only, registeredBy } from "./rolesRecorder";
import { vault } from "./vault";
import { ownKeys } from "./vaultOwnKeys";

async function database(variant: Variant) {
  const known: Record<string, Record<string, string>> = {};
  const accesses: Record<string, PodAccess> = {};
  const all = await registeredBy(() => {
    const [context, network] = [contextOf(variant), fakeNetwork()];
    const people = identities(context, "https://oidc.example.com/");
    const keys = variant.classification && ownKeys(context, network, vault(context, network));
    const made = azureDatabase(context, { network, identities: people, keys: keys?.database });
    const namespace = `${variant.environment}-platform`;
    accesses.prepare = made.access({ role: "prepare", namespace });
    accesses.tracking = made.access({ role: "tracking", namespace });
    accesses.administration = made.administration;
    expect(() => made.access({ role: "serve", namespace })).toThrow(
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
    expect(only(all, "PrivateEndpoint").name).toBe("endpoint-postgres");
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
    owner: { name: "prepare", object_id: "principal-of-prepare-identity" },
    writer: { name: "tracking", object_id: "principal-of-tracking-identity" },
  });
});

test("a delegated subnet takes the place of the private endpoint", async () => {
  const { all, accesses } = await database({ environment: "prod", access: "delegatedSubnet" });
  expect(only(all, "Server").inputs.network).toEqual({
    publicNetworkAccess: "Disabled",
    delegatedSubnetResourceId: "/subnets/database",
    privateDnsZoneArmResourceId: "/zones/ecluse.private.postgres.database.azure.com",
  });
  expect(all.filter(({ name }) => name === "endpoint-postgres")).toEqual([]);
  expect(accesses.tracking?.egress[0]).toEqual({
    to: [{ ipBlock: { cidr: "10.20.9.0/24" } }],
    ports: [5432],
  });
});

test("confidential data and its copies are encrypted with keys of two regions", async () => {
  const { all } = await database({ environment: "prod", classification: "confidential" });
  const server = only(all, "Server");
  const [primary, paired] = ["database-key-identity", "database-paired-key-identity"].map((name) =>
    expect.stringMatching(new RegExp(`/${name}$`)),
  );
  expect(server.inputs.dataEncryption).toEqual({
    type: "AzureKeyVault",
    primaryKeyURI: "https://keys/database-key",
    primaryUserAssignedIdentityId: primary,
    geoBackupKeyURI: "https://keys/database-paired-key",
    geoBackupUserAssignedIdentityId: paired,
  });
  expect(Object.keys(server.inputs.identity.userAssignedIdentities)).toEqual([primary, paired]);
  expect(server.dependsOn).toEqual(expect.arrayContaining(["database-key-role", "database-paired-key-role"]));
  expect(only(all, "UserAssignedIdentity", "database-paired-key-identity").inputs.location).toBe(
    "northeurope",
  );
});

test("a stand-by on a burstable server is refused before anything of it is made", async () => {
  await expect(database({ environment: "prod", databaseTier: "Burstable" })).rejects.toThrow(
    'ecluse:azure.database.tier is "Burstable", which has no stand-by for profile standard: set it to GeneralPurpose',
  );
});
