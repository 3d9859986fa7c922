import { expect, test } from "vitest";
import { pairedVaultArgs, vaultArgs } from "./args";
import {
  alertsOf,
  endpointsOf,
  locksOf,
  logsOf,
  ofType,
  type Registered,
  registeredBy,
  standsOf,
  type Variant,
} from "./fixture";
import { Vault } from "./vault";

/** The vault of an environment, and the one in the paired region where there is one. */
const vaultOf = (variant: Variant) =>
  registeredBy(() => {
    const { asked, ...given } = standsOf(variant);
    new Vault("own-vault", { ...given, ...vaultArgs(asked), clusterKey: true });
    const paired = pairedVaultArgs(asked);
    if (paired) new Vault("own-vault-paired", { ...given, ...paired });
  });

const closed = {
  enableRbacAuthorization: true,
  enableSoftDelete: true,
  softDeleteRetentionInDays: 90,
  enablePurgeProtection: true,
  publicNetworkAccess: "Disabled",
  enabledForDeployment: false,
  enabledForDiskEncryption: false,
  enabledForTemplateDeployment: false,
};

test.each(["dev", "prod"] as const)("the vault of %s is closed and cannot be purged", async (environment) => {
  const all = await vaultOf({ environment });
  const [vault, ...others] = ofType(all, "keyvault:Vault");
  const { inputs, protect } = vault as Registered;
  expect(others).toEqual([]);
  expect(inputs.vaultName).toBe(`kv-${environment}-a1b2`);
  expect(inputs.properties).toMatchObject({
    ...closed,
    networkAcls: { defaultAction: "Deny", bypass: "None", ipRules: [], virtualNetworkRules: [] },
  });
  expect(inputs.properties).not.toHaveProperty("accessPolicies");
  expect(protect).toBe(environment === "prod");
  expect(endpointsOf(all)).toEqual([["vault", "vault", "own-vault"]]);
});

const keysOf = (all: Registered[]) => ofType(all, "keyvault:Key");

test("keys cannot leave the vault, have the operations they are for, and get a new version each year", async () => {
  const keys = keysOf(await vaultOf({ environment: "prod", classification: "confidential" }));
  expect(keys.map(({ name, inputs }) => [name, inputs.vaultName, inputs.properties.keyOps])).toEqual([
    ["own-vault-cluster", "kv-prod-a1b2", ["encrypt", "decrypt"]],
    ["own-vault-database", "kv-prod-a1b2", ["wrapKey", "unwrapKey"]],
    ["own-vault-disks", "kv-prod-a1b2", ["wrapKey", "unwrapKey"]],
    ["own-vault-paired-database-paired", "kv-prod-a1b2-geo", ["wrapKey", "unwrapKey"]],
    ["own-vault-store", "kv-prod-a1b2", ["wrapKey", "unwrapKey"]],
  ]);
  for (const { inputs, protect } of keys) {
    expect(inputs.properties).toMatchObject({
      kty: "RSA",
      keySize: 3072,
      attributes: { enabled: true, exportable: false },
      rotationPolicy: {
        lifetimeActions: [{ trigger: { timeAfterCreate: "P1Y" }, action: { type: "rotate" } }],
      },
    });
    expect(protect).toBe(true);
  }
});

test("trusted services come in where they fetch keys, and each may use its own key only", async () => {
  const all = await vaultOf({ environment: "prod", classification: "restricted" });
  expect(endpointsOf(all)).toEqual([
    ["vault", "vault", "own-vault"],
    ["vault-paired", "vault", "own-vault-paired"],
  ]);
  for (const name of ["own-vault", "own-vault-paired"]) {
    const [vault] = ofType(all, "keyvault:Vault").filter((one) => one.name === name);
    expect(vault?.inputs.properties).toMatchObject({
      ...closed,
      networkAcls: { defaultAction: "Deny", bypass: "AzureServices" },
    });
  }
  const roles = ofType(all, "authorization:RoleAssignment");
  expect(roles.map(({ inputs }) => [inputs.principalId, inputs.scope.split("/").at(-1)])).toEqual(
    ["own-vault-database", "own-vault-disks", "own-vault-paired-database-paired", "own-vault-store"].map(
      (name) => [`principal-of-${name}-identity`, name],
    ),
  );
  for (const { inputs } of roles)
    expect(inputs.roleDefinitionId.split("/").at(-1)).toBe("e147488a-f6f5-4113-8e2d-b22465e65bf6");
});

test("a key's identity is named by what uses the key, and is in the region of its vault", async () => {
  const all = await vaultOf({ environment: "prod", classification: "restricted" });
  const identities = ofType(all, "managedidentity:UserAssignedIdentity");
  expect(identities.map(({ inputs }) => [inputs.resourceName, inputs.location])).toEqual([
    ["id-ecluse-prod-database-key", "westeurope"],
    ["id-ecluse-prod-disks-key", "westeurope"],
    ["id-ecluse-prod-database-paired-key", "northeurope"],
    ["id-ecluse-prod-store-key", "westeurope"],
  ]);
});

test("both vaults are locked and logged, and the one that pods use is watched", async () => {
  const all = await vaultOf({ environment: "prod", classification: "restricted" });
  const both = ["own-vault", "own-vault-paired"];
  expect(locksOf(all)).toEqual(both);
  expect(logsOf(all)).toEqual(both.map((name) => [`azure-native:keyvault:Vault/${name}`, ["AuditEvent"]]));
  expect(alertsOf(all)).toEqual([["vault-availability", "own-vault"]]);
});

test("geo-redundant copies under an own key are refused where no region is paired", async () => {
  await expect(
    vaultOf({ environment: "prod", classification: "confidential", pairedLocation: null }),
  ).rejects.toThrow('ecluse:azure.location is "westeurope": has no paired region');
});
