import { expect, test } from "vitest";
import { containers } from "../naming";
import { storeArgs, vaultArgs } from "./args";
import {
  alertsOf,
  endpointsOf,
  identitiesOf,
  locksOf,
  logsOf,
  only,
  type Registered,
  registeredBy,
  standsOf,
  type Variant,
} from "./fixture";
import { ArtifactStore } from "./store";
import { Vault } from "./vault";

const storeOf = (variant: Variant) =>
  registeredBy(() => {
    const { asked, ...given } = standsOf(variant);
    const key =
      variant.classification && new Vault("own-vault", { ...given, ...vaultArgs(asked) }).keys.store;
    const identities = identitiesOf(asked, given.scope);
    new ArtifactStore("own-store", { ...given, identities, ...storeArgs(asked), ...(key && { key }) });
  });

test.each(["dev", "prod"] as const)(
  "the account of %s opens to roles on the network alone",
  async (environment) => {
    const all = await storeOf({ environment });
    expect(only(all, "StorageAccount").inputs).toMatchObject({
      kind: "StorageV2",
      allowSharedKeyAccess: false,
      defaultToOAuthAuthentication: true,
      allowBlobPublicAccess: false,
      isLocalUserEnabled: false,
      isSftpEnabled: false,
      allowCrossTenantReplication: false,
      allowedCopyScope: "PrivateLink",
      enableHttpsTrafficOnly: true,
      minimumTlsVersion: "TLS1_2",
      publicNetworkAccess: "Disabled",
      networkRuleSet: { defaultAction: "Deny", bypass: "None", ipRules: [], virtualNetworkRules: [] },
      encryption: { requireInfrastructureEncryption: true, keySource: "Microsoft.Storage" },
    });
    for (const container of containers)
      expect(only(all, "BlobContainer", `own-store-${container}`).inputs.publicAccess).toBe("None");
    expect(endpointsOf(all)).toEqual([["blob", "blob", "own-store"]]);
  },
);

test("blobs of production can be brought back for 30 days, and artifacts not be lost for a year", async () => {
  const all = await storeOf({ environment: "prod" });
  expect(only(all, "BlobServiceProperties").inputs).toMatchObject({
    isVersioningEnabled: true,
    changeFeed: { enabled: true, retentionInDays: 90 },
    deleteRetentionPolicy: { enabled: true, days: 30, allowPermanentDelete: false },
    containerDeleteRetentionPolicy: { enabled: true, days: 30 },
    restorePolicy: { enabled: false },
  });
  expect(only(all, "BlobContainer", "own-store-artifacts").inputs.immutableStorageWithVersioning).toEqual({
    enabled: true,
  });
  const policy = only(all, "BlobContainerImmutabilityPolicy");
  expect(policy.inputs).toMatchObject({
    containerName: "artifacts",
    immutabilityPeriodSinceCreationInDays: 365,
  });
  expect(policy.protect).toBe(true);
  expect(only(all, "StorageAccount").inputs.sku).toEqual({ name: "Standard_GZRS" });
});

test("production's account and containers are protected, development's are not", async () => {
  const guarded = (all: Registered[]) =>
    all.filter(({ type }) => /:StorageAccount$|:BlobContainer$/.test(type)).map(({ protect }) => protect);
  expect(guarded(await storeOf({ environment: "prod" }))).toEqual([true, true, true, true, true, true]);
  expect(guarded(await storeOf({ environment: "dev" }))).toEqual([false, false, false, false, false, false]);
});

test("development restores points in time and makes nothing immutable", async () => {
  const all = await storeOf({ environment: "dev" });
  expect(only(all, "BlobServiceProperties").inputs).toMatchObject({
    deleteRetentionPolicy: { enabled: true, days: 7 },
    restorePolicy: { enabled: true, days: 6 },
  });
  expect(only(all, "BlobContainer", "own-store-artifacts").inputs).not.toHaveProperty(
    "immutableStorageWithVersioning",
  );
  expect(all.filter(({ type }) => type.endsWith("ImmutabilityPolicy"))).toEqual([]);
  expect(only(all, "StorageAccount").inputs.sku).toEqual({ name: "Standard_LRS" });
});

test("confidential data is encrypted with a key that the account alone wraps with", async () => {
  const all = await storeOf({ environment: "prod", classification: "confidential" });
  const account = only(all, "StorageAccount");
  const identity = expect.stringMatching(/own-vault-store-identity$/);
  expect(account.inputs.encryption).toEqual({
    requireInfrastructureEncryption: true,
    keySource: "Microsoft.Keyvault",
    keyVaultProperties: { keyName: "store", keyVaultUri: "https://kv-prod-a1b2.vault.azure.net/" },
    encryptionIdentity: { encryptionUserAssignedIdentity: identity },
  });
  expect(account.inputs.identity).toEqual({ type: "UserAssigned", userAssignedIdentities: [identity] });
  expect(account.dependsOn).toContain("own-vault-store-role");
});

test("production's account is locked, watched and logged", async () => {
  const all = await storeOf({ environment: "prod" });
  expect(locksOf(all)).toEqual(["own-store"]);
  expect(alertsOf(all)).toEqual([["store-availability", "own-store"]]);
  expect(logsOf(all)).toEqual([
    [
      "azure-native:storage:StorageAccount/own-store/blobServices/default",
      ["StorageRead", "StorageWrite", "StorageDelete"],
    ],
  ]);
});
