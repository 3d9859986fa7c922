import { createPrivateKey, createPublicKey } from "node:crypto";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { UNKNOWN } from "../protocol/properties";
import { placeholders } from "./placeholders";

const subscription = "00000000-0000-0000-0000-000000000000";
const group = { resourceGroupName: "rg" };

test("ids and what follows from a name are as Azure will have them", () => {
  const { fill, made } = placeholders(subscription);
  const inputs = { ...group, virtualNetworkName: "vnet", subnetName: "snet" };
  expect(fill.resource("azure-native:network:Subnet", "nodes", inputs)).toEqual({
    id: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/snet`,
    outputs: { name: "snet" },
  });
  const vault = { ...group, vaultName: "kv", properties: { tenantId: "t" } };
  expect(fill.resource("azure-native:keyvault:Vault", "vault", vault).outputs).toEqual({
    name: "kv",
    properties: { tenantId: "t", vaultUri: "https://kv.vault.azure.net/" },
  });
  expect(made).toEqual([]);
});

test("an id with an unknown part is unknown", () => {
  const { fill } = placeholders(subscription);
  const inputs = { resourceGroupName: UNKNOWN, vaultName: "kv" };
  expect(fill.resource("azure-native:keyvault:Vault", "vault", inputs).id).toBe("");
  const nameless = { ...group, vaultName: UNKNOWN };
  expect(fill.resource("azure-native:keyvault:Vault", "vault", nameless)).toEqual({ id: "", outputs: {} });
});

test("made-up values are valid, the same each time, unlike those of others, and noted", () => {
  const identity = (name: string) => {
    const { fill, made } = placeholders(subscription);
    const inputs = { ...group, resourceName: name };
    const { outputs } = fill.resource("azure-native:managedidentity:UserAssignedIdentity", name, inputs);
    return { outputs, made };
  };
  const [first, again, other] = [identity("one"), identity("one"), identity("two")];
  expect(first).toEqual(again);
  expect(first.outputs.clientId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set([first, other].flatMap(({ made }) => made.map(({ value }) => value))).size).toBe(6);
  expect(first.made[0]).toEqual({
    value: first.outputs.clientId,
    type: "azure-native:managedidentity:UserAssignedIdentity",
    name: "one",
    property: "clientId",
  });
});

test("a made-up key is a key, and its public half belongs to it", () => {
  const { fill } = placeholders(subscription);
  const { outputs } = fill.resource("tls:index/privateKey:PrivateKey", "signing", {});
  const publicKey = createPublicKey(createPrivateKey(String(outputs.privateKeyPem)));
  expect(publicKey.export({ type: "spki", format: "pem" })).toBe(outputs.publicKeyPem);
});

test("a made-up password has the length that was asked for", () => {
  const { fill } = placeholders(subscription);
  const { outputs } = fill.resource("random:index/randomPassword:RandomPassword", "cookie", { length: 32 });
  expect(outputs.result).toMatch(/^placeholder-[0-9a-f]{20}$/);
});

test("made-up bytes are the same in each encoding", () => {
  const { fill } = placeholders(subscription);
  const { outputs } = fill.resource("random:index/randomBytes:RandomBytes", "key", { length: 48 });
  const value = Buffer.from(String(outputs.hex), "hex");
  expect(value).toHaveLength(48);
  expect(outputs.base64).toBe(value.toString("base64"));
});

test("a cluster's kubeconfig can be read, and other functions stay unknown", () => {
  const { fill } = placeholders(subscription);
  const answer = fill.invoke("azure-native:containerservice:listManagedClusterUserCredentials", {}) as {
    kubeconfigs: { value: string }[];
  };
  expect(parse(atob(answer.kubeconfigs[0]?.value ?? ""))).toMatchObject({ users: [{ name: "user" }] });
  expect(fill.invoke("azure-native:keyvault:getVault", {})).toBeUndefined();
});
