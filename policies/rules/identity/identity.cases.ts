import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { urnOf } from "../../cases";
import { assignmentType, credentialType, identityType } from "../../identities";

const roles = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions";
const owner = `${roles}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`;
const contributor = `${roles}/B24988AC-6180-42A0-AB88-20F7382DD24C`;
const reader = `${roles}/acdd72a7-3385-48ef-bd42-f606fba81ae7`;
const group = "/subscriptions/s/resourceGroups/g";
const store = `${group}/providers/Microsoft.Storage/storageAccounts/a`;

const issuer = "https://francecentral.oic.prod-aks.azure.com/t/c/";
const audiences = ["api://AzureADTokenExchange"];
const custom = (more: Properties, scopes: string[] = [group]) => ({
  assignableScopes: scopes,
  permissions: [{ actions: ["Microsoft.Storage/storageAccounts/read"], dataActions: [], ...more }],
});

const identity = (name: string): Sketch => ({
  type: identityType,
  name,
  inputs: { resourceName: `id-${name}` },
  outputs: { clientId: `client-${name}`, principalId: `principal-${name}` },
});
const credential = (name: string, of: string, subject: string, more: Properties = {}): Sketch => ({
  type: credentialType,
  name,
  inputs: { resourceName: `id-${of}`, issuer, subject, ...more },
});
const account = (name: string, of?: string): Sketch => ({
  type: "kubernetes:core/v1:ServiceAccount",
  name,
  inputs: {
    metadata: {
      namespace: "prod-a",
      name,
      annotations: of ? { "azure.workload.identity/client-id": `client-${of}` } : {},
    },
  },
});
const cluster: Sketch = {
  type: "azure-native:containerservice:ManagedCluster",
  outputs: { oidcIssuerProfile: { issuerURL: issuer } },
};
const trusted = (name: string) => credential(`${name}-trust`, name, `system:serviceaccount:prod-a:${name}`);
const pair = [identity("serve"), trusted("serve"), account("serve", "serve")];

const container = (name: string): Sketch => ({
  type: "azure-native:storage:BlobContainer",
  name,
  id: `${store}/blobServices/default/containers/${name}`,
  inputs: { containerName: name },
});
const assigned = (of: string, role: string, scope: string): Sketch => ({
  type: assignmentType,
  name: `${of}-role`,
  inputs: { principalId: `principal-${of}`, roleDefinitionId: `${roles}/${role}`, scope },
});
const blobReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const blobContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const inference = `${store}/blobServices/default/containers/inference`;
const artifacts = `${store}/blobServices/default/containers/artifacts`;
const holdout = `${store}/blobServices/default/containers/holdout`;
const depositor = (...actions: string[]): Sketch => ({
  type: "azure-native:authorization:RoleDefinition",
  inputs: {
    roleDefinitionId: "depositor",
    permissions: [{ dataActions: actions.map((end) => `M/blobs/${end}`) }],
  },
});
const training = [identity("train"), trusted("train"), container("data"), container("artifacts")];
const serving = [identity("serve"), trusted("serve"), container("inference"), container("artifacts")];

/** What each rule on identities passes, and what it refuses. */
export const idCases: Cases = {
  "ID-01": {
    pass: { roleDefinitionId: owner, scope: store },
    fail: [
      { roleDefinitionId: owner, scope: "/subscriptions/s" },
      { roleDefinitionId: contributor, scope: "/providers/Microsoft.Management/managementGroups/m" },
      { roleDefinitionId: contributor, scope: "/" },
      { roleDefinitionId: owner },
    ],
    notApplicable: [{ roleDefinitionId: reader, scope: "/subscriptions/s" }],
  },
  "ID-02": {
    pass: { principalType: "group" },
    fail: [{ principalType: "User" }, { principalType: "ForeignGroup" }, {}],
  },
  "ID-03": {
    pass: { roleDefinitionId: owner, scope: group, condition: "only readers", conditionVersion: "2.0" },
    fail: [
      { roleDefinitionId: owner, scope: group },
      { roleDefinitionId: owner, scope: group, condition: "only readers" },
      { roleDefinitionId: contributor, scope: group, condition: "only readers", conditionVersion: "2.0" },
    ],
    notApplicable: [{ roleDefinitionId: reader, scope: group }],
  },
  "ID-04": {
    pass: custom({}),
    fail: [
      custom({ actions: ["*"] }),
      custom({ actions: ["*/write"] }),
      custom({ actions: ["*/roleAssignments/write"] }),
      custom({ actions: ["Microsoft.Authorization/roleAssignments/write"] }),
      custom({ actions: ["microsoft.authorization/*"] }),
      custom({ dataActions: ["*"] }),
      custom({ actions: ["Microsoft.Storage/*"] }),
      custom({ actions: ["Microsoft.Storage/storageAccounts/listKeys/action"] }),
      custom({ actions: ["Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action"] }),
      custom({ dataActions: ["Microsoft.KeyVault/vaults/secrets/getSecret/action"] }),
      custom({ dataActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"] }),
      custom({}, ["/subscriptions/s"]),
      custom({}, []),
      { permissions: [] },
    ],
  },
  "ID-05": {
    pass: { issuer, audiences },
    fail: [
      { issuer: "https://gitlab.com", audiences },
      { issuer: "https://x.oic.prod-aks.azure.com.evil.example/", audiences },
      { issuer, audiences: [...audiences, "anything"] },
      { issuer, audiences: [] },
      { audiences },
    ],
  },
  "ID-06": {
    pass: { subject: "system:serviceaccount:prod-bank-churn:serve" },
    fail: [
      { subject: "system:serviceaccount:default:serve" },
      { subject: "system:serviceaccount:kube-system:serve" },
      { subject: "system:serviceaccount:prod-bank-churn:default" },
      { subject: "system:serviceaccount:prod-bank-churn:*" },
      {},
    ],
    notApplicable: [{ subject: "project_path:ecluse/platform:ref_type:branch:ref:main" }],
  },
  "ID-07": {
    pass: { subject: "project_path:ecluse/bank-churn:ref_type:branch:ref:main" },
    fail: [
      { subject: "project_path:ecluse/bank-churn:ref_type:branch:ref:feature" },
      { subject: "project_path:ecluse/bank-churn:ref_type:tag:ref:main" },
      { subject: "project_path:others/project:ref_type:branch:ref:main" },
      { subject: "project_path:ecluse/*:ref_type:branch:ref:main" },
    ],
    notApplicable: [{ subject: "system:serviceaccount:a:b" }],
  },
  "ID-08": {
    pass: [cluster, ...pair, account("runner")],
    fail: [
      [cluster, identity("serve"), trusted("serve")],
      [cluster, identity("serve"), trusted("serve"), account("serve")],
      [cluster, identity("serve"), account("serve", "serve")],
      [cluster, identity("serve"), identity("other"), trusted("serve"), account("serve", "other")],
      [
        cluster,
        identity("serve"),
        credential("t", "strange", "system:serviceaccount:prod-a:serve"),
        account("serve", "serve"),
      ],
      [
        cluster,
        identity("serve"),
        credential("t", "serve", "system:serviceaccount:prod-a:serve", { issuer: "https://other" }),
        account("serve", "serve"),
      ],
    ],
    open: [cluster, identity("serve"), credential("t", "serve", UNKNOWN), account("serve", "serve")],
    notApplicable: [identity("kubelet"), account("runner")],
  },
  "ID-09": {
    pass: [
      identity("release"),
      trusted("release"),
      credential("branch", "release", "project_path:ecluse/platform:ref_type:branch:ref:main"),
    ],
    fail: [
      [identity("serve"), trusted("serve"), credential("t", "serve", "system:serviceaccount:prod-b:serve")],
      [
        identity("ci"),
        credential("a", "ci", "project_path:ecluse/a:ref_type:branch:ref:main"),
        credential("b", "ci", "project_path:ecluse/b:ref_type:branch:ref:main"),
      ],
    ],
    open: [identity("serve"), trusted("serve"), credential("t", "serve", UNKNOWN)],
    notApplicable: [identity("kubelet")],
  },
  "ID-11": {
    pass: { subscriptionId: "s", tenantId: "t" },
    fail: [
      { clientSecret: "x" },
      { clientCertificatePath: "/c" },
      { type: "azuread:index/applicationPassword:ApplicationPassword", inputs: {} },
    ],
    open: { clientSecret: UNKNOWN },
  },
  "ID-12": {
    pass: [
      ...serving,
      depositor("write", "add/action"),
      assigned("serve", "depositor", inference),
      assigned(
        "serve",
        "b24988ac-0000-0000-0000-000000000000",
        `${group}/providers/Microsoft.KeyVault/vaults/v`,
      ),
    ],
    fail: [
      [...serving, assigned("serve", blobContributor, inference)],
      [...serving, depositor("write", "delete"), assigned("serve", "depositor", inference)],
      [...serving, depositor("write"), assigned("serve", "depositor", artifacts)],
      [...serving, assigned("serve", blobReader, store)],
      [...training, assigned("train", blobContributor, artifacts)],
      [...training, assigned("train", blobReader, group)],
      [...training, container("holdout"), assigned("train", blobReader, holdout)],
      [...serving, container("holdout"), assigned("serve", blobReader, holdout)],
    ],
    open: [
      ...serving,
      {
        type: assignmentType,
        inputs: { principalId: "principal-serve", roleDefinitionId: UNKNOWN, scope: UNKNOWN },
        propertyDependencies: { scope: [urnOf("azure-native:storage:BlobContainer", "artifacts")] },
      },
    ],
    notApplicable: [identity("kubelet"), assigned("kubelet", blobContributor, store)],
  },
};
