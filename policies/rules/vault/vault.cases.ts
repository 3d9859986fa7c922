import { secret, UNKNOWN } from "../../../protocol/properties";
import { type Cases, type Sketch, urnOf } from "../../cases";

const type = "azure-native:keyvault:Vault";
const it = (properties: Sketch["inputs"]) => ({ properties: { ...properties } });
const kept = { enablePurgeProtection: true, softDeleteRetentionInDays: 90 };
const firewall = (value: string) => ({
  networkAcls: { defaultAction: "Deny", ipRules: [{ value }] },
  publicNetworkAccess: "Enabled",
});
const inDays = (days: number) => Math.floor(Date.now() / 1000) + days * 86_400;
const kv = (days: number | undefined, contentType = "text/plain") => ({
  properties: secret({ attributes: days ? { expires: inDays(days) } : {}, contentType, value: "hidden" }),
});
const rotation = (action: string) =>
  it({ rotationPolicy: { lifetimeActions: [{ action: { type: action } }] } });

const vault: Sketch = { type, id: "/vaults/kv" };
const endpoint = (to: string, group: string): Sketch => ({
  type: "azure-native:network:PrivateEndpoint",
  inputs: { privateLinkServiceConnections: [{ privateLinkServiceId: to, groupIds: [group] }] },
});
const setting = (category: string, resourceUri = "/vaults/kv"): Sketch => ({
  type: "azure-native:monitor:DiagnosticSetting",
  inputs: { resourceUri, workspaceId: UNKNOWN, logs: [{ category, enabled: true }] },
  propertyDependencies: { workspaceId: [urnOf("azure-native:operationalinsights:Workspace")] },
});

const named = (vaultName: string): Sketch => ({ type, inputs: { vaultName } });
const text = (value: string): Sketch => ({
  type: "kubernetes:core/v1:ConfigMap",
  inputs: { data: { value } },
});

/** What each rule on Key Vault passes, and what it refuses. */
export const vaultCases: Cases = {
  "KV-01": {
    pass: it({ enableRbacAuthorization: true, accessPolicies: [] }),
    fail: [
      it({ enableRbacAuthorization: false }),
      it({ enableRbacAuthorization: true, accessPolicies: [{ objectId: "somebody" }] }),
      {},
    ],
  },
  "KV-02": {
    pass: it(kept),
    fail: [
      it({ ...kept, enablePurgeProtection: false }),
      it({ ...kept, softDeleteRetentionInDays: 7 }),
      it({ ...kept, softDeleteRetentionInDays: 30 }),
      {},
    ],
  },
  "KV-03": {
    pass: it({ publicNetworkAccess: "disabled" }),
    fail: [it({ publicNetworkAccess: "Enabled" }), it(firewall("0.0.0.0/0")), {}],
    open: it({ publicNetworkAccess: UNKNOWN }),
  },
  "KV-04": {
    pass: [vault, endpoint("/vaults/kv", "vault")],
    fail: [
      [vault],
      [vault, endpoint("/vaults/kv-geo", "vault")],
      [vault, endpoint("/vaults/kv", "managedhsm")],
    ],
    open: [vault, endpoint(UNKNOWN, "vault")],
  },
  "KV-05": {
    pass: kv(364),
    fail: [kv(366), kv(-1), kv(undefined), kv(30, "")],
  },
  "KV-06": {
    pass: rotation("rotate"),
    fail: [rotation("notify"), it({ rotationPolicy: { lifetimeActions: [] } }), {}],
  },
  "KV-07": {
    pass: [vault, setting("AuditEvent")],
    fail: [
      [vault],
      [vault, setting("AzurePolicyEvaluationDetails")],
      [vault, setting("AuditEvent", "/vaults/kv-geo")],
    ],
    open: [vault, { ...setting("AuditEvent"), propertyDependencies: {} }],
  },
  "KV-08": {
    pass: it({ enabledForDeployment: false }),
    fail: [
      it({ enabledForDeployment: true }),
      it({ enabledForTemplateDeployment: true }),
      it({ enabledForDiskEncryption: true }),
    ],
  },
  "KV-09": {
    pass: {
      dev: [named("kv-dev")],
      prod: [named("kv-prod"), text("https://kv-prod.vault.azure.net/keys/a")],
    },
    fail: [
      { dev: [named("kv")], prod: [named("KV")] },
      { dev: [named("kv-dev")], prod: [text("see https://kv-dev.vault.azure.net/secrets/a")] },
      { dev: [named("kv-dev")], prod: [text("/subscriptions/a/providers/Microsoft.KeyVault/vaults/kv-dev")] },
    ],
    open: { dev: [named(UNKNOWN)], prod: [named("kv-prod")] },
  },
};
