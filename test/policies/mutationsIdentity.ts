import { secret } from "../../protocol/properties";
import type { Mutation } from "./mutation";
import { azure, broken, object } from "./place";

const role = (name: string) => azure("authorization:RoleAssignment", name);
const definition = azure("authorization:RoleDefinition", "store-blob-editor");
const credential = (name: string) => azure("managedidentity:FederatedIdentityCredential", name);
const ofForge = credential("identities-bank-churn-ci-gitlab");
const ofTracking = credential("identities-tracking-kubernetes");
const account = object("core/v1:ServiceAccount", "tracking-account");
const login = { stack: "prod", type: "pulumi:providers:azure-native" };

const builtIn = (guid: string) => `/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
const owner = builtIn("8e3af657-a8ff-443c-a75c-2fe8c4bcb635");
const contributor = builtIn("b24988ac-6180-42a0-ab88-20f7382dd24c");
const accessAdministrator = builtIn("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9");
const blobContributor = builtIn("ba92f5b4-2d11-453d-a403-e96b0029c9fe");
const subscription = "/subscriptions/00000000-0000-0000-0000-0000000000e1";
const group = `${subscription}/resourceGroups/rg-ecluse-prod`;
const store = `${group}/providers/Microsoft.Storage/storageAccounts/stecluseproda1`;
const models = `${store}/blobServices/default/containers/artifacts`;

const branch = (project: string, ref: string) => ({
  subject: `project_path:${project}:ref_type:branch:ref:${ref}`,
});
const podOf = (namespace: string, name: string) => ({
  subject: `system:serviceaccount:${namespace}:${name}`,
});
const clientId = "metadata.annotations.[azure.workload.identity/client-id]";
const password = {
  rule: "ID-11",
  stack: "prod",
  type: "azuread:index/applicationPassword:ApplicationPassword",
  add: true,
} as const;

const rows: (Mutation | Mutation[])[] = [
  broken(role("cluster-administrators-role"), "ID-01", { roleDefinitionId: owner, scope: subscription }),
  broken(role("access-bank-churn-ci-role"), "ID-01", { roleDefinitionId: contributor, scope: "/" }),
  broken({ ...role("cluster-registry-role"), stack: "dev" }, "ID-01", {
    roleDefinitionId: accessAdministrator,
    scope: "/providers/Microsoft.Management/managementGroups/ml",
  }),
  broken(
    role("cluster-administrators-role"),
    "ID-02",
    { principalType: "User" },
    { principalType: undefined },
  ),
  broken(role("cluster-administrators-role"), "ID-03", { roleDefinitionId: contributor, scope: group }),
  broken(role("access-bank-churn-ci-role"), "ID-03", {
    roleDefinitionId: accessAdministrator,
    scope: group,
    condition: undefined,
  }),
  broken(definition, "ID-04", { "permissions.0.actions": ["*"] }, { assignableScopes: [subscription] }),
  broken(definition, "ID-04", { "permissions.0.actions": ["Microsoft.Authorization/roleAssignments/write"] }),
  broken(definition, "ID-04", { "permissions.0.dataActions": ["*"] }, { assignableScopes: undefined }),
  broken(ofForge, "ID-05", { issuer: "https://gitlab.com" }, { audiences: ["https://gitlab.example.com"] }),
  broken(ofTracking, "ID-05", { issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/1" }, { audiences: [] }),
  broken(ofTracking, "ID-06", podOf("prod-platform", "default"), podOf("default", "tracking")),
  broken(ofTracking, "ID-06", podOf("prod-platform", "*"), { subject: undefined }),
  broken(ofForge, "ID-07", branch("ecluse/bank-churn", "*"), branch("ecluse/bank-churn", "feature/faster")),
  broken(ofForge, "ID-07", branch("someone/bank-churn", "main")),
  broken(ofForge, "ID-07", { subject: "project_path:ecluse/bank-churn:ref_type:tag:ref:v1" }),
  broken(account, "ID-08", { [clientId]: "00000000-0000-0000-0000-000000000001" }),
  { ...account, rule: "ID-08", drop: true },
  { ...ofTracking, rule: "ID-08", drop: true },
  broken(ofTracking, "ID-08", { issuer: "https://westeurope.oic.prod-aks.azure.com/another/" }),
  broken(credential("identities-bank-churn-serve-kubernetes"), "ID-09", {
    resourceName: "id-ecluse-prod-bank-churn-monitor",
  }),
  {
    ...credential("bank-churn-ci-release"),
    rule: "ID-09",
    add: true,
    set: { resourceName: "id-ecluse-prod-bank-churn-ci", ...branch("ecluse/bank-churn", "release") },
  },
  broken(
    login,
    "ID-11",
    { clientSecret: secret("from a keyboard") },
    { clientCertificatePath: "/etc/me.pfx" },
  ),
  { ...password, set: { displayName: "pipeline" } },
  { ...role("cluster-administrators-role"), rule: "ID-10", with: "dev", copied: ["principalId"] },
  { ...role("tracking-artifacts-role"), rule: "ID-10", with: "dev", copied: ["principalId"] },
  broken(role("bank-churn-serve-inference-role"), "ID-12", { scope: store }, { scope: group }),
  broken(role("bank-churn-serve-inference-role"), "ID-12", { roleDefinitionId: blobContributor }),
  broken(role("bank-churn-train-data-role"), "ID-12", {
    roleDefinitionId: blobContributor,
    scope: models,
  }),
];

/** Roles, and whose tokens get them, broken as people break them. */
export const identityMutations: readonly Mutation[] = rows.flat();
