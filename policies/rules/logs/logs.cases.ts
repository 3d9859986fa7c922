import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";

const provider = "/subscriptions/s/resourceGroups/g/providers";
const vault: Sketch = { type: "azure-native:keyvault:Vault", id: `${provider}/Microsoft.KeyVault/vaults/v` };
const setting = (more: Properties = {}): Sketch => ({
  type: "azure-native:monitor:DiagnosticSetting",
  inputs: {
    resourceUri: `${provider}/Microsoft.KeyVault/vaults/v`,
    workspaceId: "/workspace",
    logs: [{ category: "AuditEvent", enabled: true }],
    ...more,
  },
});
const groupId = `${provider}/Microsoft.Insights/actionGroups/a`;
const group = (more: Properties = {}): Sketch => ({
  type: "azure-native:monitor:ActionGroup",
  id: groupId,
  inputs: { enabled: true, emailReceivers: [{ emailAddress: "a@example.com" }], ...more },
});
const alert = (more: Properties = {}): Sketch => ({
  type: "azure-native:monitor:MetricAlert",
  inputs: { enabled: true, actions: [{ actionGroupId: groupId }], ...more },
});

/** What each rule on logs passes, and what it refuses. */
export const logsCases: Cases = {
  "LOG-01": { pass: { retentionInDays: 365 }, fail: [{ retentionInDays: 364 }, {}] },
  "LOG-02": {
    pass: { features: { disableLocalAuth: true } },
    fail: [{ features: { disableLocalAuth: false } }, { features: {} }, {}],
  },
  "LOG-03": {
    pass: { publicNetworkAccessForIngestion: "disabled", publicNetworkAccessForQuery: "SecuredByPerimeter" },
    fail: [
      { publicNetworkAccessForIngestion: "Disabled", publicNetworkAccessForQuery: "Enabled" },
      { publicNetworkAccessForQuery: "Disabled" },
    ],
  },
  "LOG-04": {
    pass: [vault, setting()],
    fail: [
      [vault],
      [vault, setting({ logs: [{ category: "AuditEvent", enabled: false }] })],
      [vault, setting({ workspaceId: "" })],
      [vault, setting({ resourceUri: `${provider}/Microsoft.KeyVault/vaults/v-other` })],
    ],
    open: [vault, setting({ workspaceId: UNKNOWN })],
  },
  "LOG-05": {
    pass: [group(), alert()],
    fail: [
      [{ type: "azure-native:resources:ResourceGroup" }],
      [group({ emailReceivers: [] }), alert()],
      [group({ enabled: false }), alert()],
      [group(), alert({ enabled: false })],
      [group(), alert({ actions: [] })],
    ],
    open: [group(), alert({ actions: [{ actionGroupId: UNKNOWN }] })],
  },
};
