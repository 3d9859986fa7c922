import { expect, test } from "vitest";
import { contextOf, fakeNetwork, type Variant } from "./rolesFixture";
import { only, type Registered, registeredBy } from "./rolesRecorder";
import { vault } from "./vault";
import { clusterKey } from "./vaultKeys";
import { ownKeys } from "./vaultOwnKeys";

const vaultOf = (variant: Variant) =>
  registeredBy(() => {
    const [context, network] = [contextOf(variant), fakeNetwork()];
    const made = vault(context, network);
    clusterKey(context, made);
    ownKeys(context, network, made);
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
  const { inputs, protect } = only(all, "Vault");
  expect(inputs.vaultName).toBe(`kv-${environment}-a1b2`);
  expect(inputs.properties).toMatchObject({
    ...closed,
    networkAcls: { defaultAction: "Deny", bypass: "None", ipRules: [], virtualNetworkRules: [] },
  });
  expect(inputs.properties).not.toHaveProperty("accessPolicies");
  expect(protect).toBe(environment === "prod");
  expect(only(all, "PrivateEndpoint").name).toBe("endpoint-vault");
});

const keysOf = (all: Registered[]) => all.filter(({ type }) => type === "azure-native:keyvault:Key");

test("keys cannot leave the vault, have the operations they are for, and get a new version each year", async () => {
  const keys = keysOf(await vaultOf({ environment: "prod", classification: "confidential" }));
  expect(keys.map(({ name, inputs }) => [name, inputs.vaultName, inputs.properties.keyOps])).toEqual([
    ["cluster-key", "kv-prod-a1b2", ["encrypt", "decrypt"]],
    ["database-key", "kv-prod-a1b2", ["wrapKey", "unwrapKey"]],
    ["database-paired-key", "kv-prod-a1b2-geo", ["wrapKey", "unwrapKey"]],
    ["disks-key", "kv-prod-a1b2", ["wrapKey", "unwrapKey"]],
    ["store-key", "kv-prod-a1b2", ["wrapKey", "unwrapKey"]],
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
  for (const name of ["vault", "vault-paired"]) {
    only(all, "PrivateEndpoint", `endpoint-${name}`);
    expect(only(all, "Vault", name).inputs.properties).toMatchObject({
      ...closed,
      networkAcls: { defaultAction: "Deny", bypass: "AzureServices" },
    });
  }
  const roles = all.filter(({ type }) => type === "azure-native:authorization:RoleAssignment");
  expect(roles.map(({ inputs }) => [inputs.principalId, inputs.scope.split("/").at(-1)])).toEqual(
    ["database", "database-paired", "disks", "store"].map((use) => [
      `principal-of-${use}-key-identity`,
      `${use}-key`,
    ]),
  );
  for (const { inputs } of roles)
    expect(inputs.roleDefinitionId.split("/").at(-1)).toBe("e147488a-f6f5-4113-8e2d-b22465e65bf6");
});

test("geo-redundant copies under an own key are refused where no region is paired", async () => {
  await expect(
    vaultOf({ environment: "prod", classification: "confidential", pairedLocation: null }),
  ).rejects.toThrow('ecluse:azure.location is "westeurope", which has no paired region');
});
