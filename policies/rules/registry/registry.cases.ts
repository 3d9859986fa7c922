import { UNKNOWN } from "../../../protocol/properties";
import { type Cases, type Sketch, urnOf } from "../../cases";

const closed = {
  sku: { name: "Premium" },
  publicNetworkAccess: "Disabled",
  networkRuleSet: { defaultAction: "Deny" },
};
const kept = { policies: { softDeletePolicy: { status: "enabled" } }, zoneRedundancy: "Enabled" };

const identityType = "azure-native:managedidentity:UserAssignedIdentity";
const identity = (name: string): Sketch => ({
  type: identityType,
  name,
  inputs: { resourceName: name },
  outputs: { principalId: UNKNOWN },
});
const cluster: Sketch = {
  type: "azure-native:containerservice:ManagedCluster",
  inputs: { identityProfile: { kubeletidentity: { objectId: UNKNOWN } } },
  propertyDependencies: { identityProfile: [urnOf(identityType, "kubelet")] },
};
/** AKS fills in the object id by itself. */
const byResource: Sketch = {
  ...cluster,
  inputs: { identityProfile: { kubeletidentity: { resourceId: UNKNOWN } } },
};
const trust = (name: string, subject: string): Sketch => ({
  type: "azure-native:managedidentity:FederatedIdentityCredential",
  inputs: { resourceName: name, subject },
});
const pull = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
const push = "8311e382-0749-4cb8-b61a-304f252e45ec";
const contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const right = (guid: string, ...names: string[]): Sketch => ({
  type: "azure-native:authorization:RoleAssignment",
  name: `${names.join()}-${guid}`,
  inputs: {
    roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
    principalId: UNKNOWN,
  },
  propertyDependencies: { principalId: names.map((name) => urnOf(identityType, name)) },
});
const made = [cluster, identity("kubelet"), identity("ci"), identity("tracking")];
const branch = trust("ci", "project_path:ecluse/platform:ref_type:branch:ref:main");

/** What each rule on the registry passes, and what it refuses. */
export const registryCases: Cases = {
  "ACR-01": { pass: { adminUserEnabled: false }, fail: [{ adminUserEnabled: true }] },
  "ACR-02": { pass: { anonymousPullEnabled: false }, fail: [{ anonymousPullEnabled: true }] },
  "ACR-03": {
    pass: closed,
    fail: [
      { ...closed, sku: { name: "Standard" } },
      { ...closed, publicNetworkAccess: "Enabled" },
      { ...closed, networkRuleSet: { defaultAction: "Allow" } },
      {},
    ],
  },
  "ACR-04": {
    pass: { policies: { exportPolicy: { status: "disabled" } } },
    fail: [{ policies: { exportPolicy: { status: "enabled" } } }, {}],
  },
  "ACR-05": {
    pass: kept,
    fail: [
      { ...kept, zoneRedundancy: "Disabled" },
      { ...kept, policies: { retentionPolicy: { status: "enabled" } } },
      {},
    ],
  },
  "ACR-06": {
    pass: { status: "disabled" },
    fail: [{ status: "enabled" }, {}, { status: "disabled", credentials: { passwords: [{ name: "one" }] } }],
  },
  "ACR-07": {
    parameters: { holds: "data" },
    pass: { encryption: { status: "enabled" } },
    fail: [{ encryption: { status: "disabled" } }, {}],
  },
  "ACR-08": {
    pass: { serviceUri: "https://example.com/hook" },
    fail: [{ serviceUri: "http://example.com/hook" }, {}],
  },
  "ACR-09": {
    pass: [...made, branch, right(pull, "kubelet"), right(push, "ci")],
    fail: [
      [...made, right(push, "kubelet")],
      [...made, right(contributor, "kubelet")],
      [...made.slice(1), byResource, right(contributor, "kubelet")],
      [...made, branch, right(push, "tracking")],
      [...made, trust("ci", "system:serviceaccount:prod-platform:tracking"), right(push, "ci")],
    ],
    open: [...made, branch, right(push)],
    notApplicable: [...made, right(contributor, "tracking")],
  },
};
