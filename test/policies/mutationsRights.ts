import type { Mutation } from "./mutation";
import { added, azure, broken, object } from "./place";

const role = (name: string) => azure("authorization:RoleAssignment", name);
const definition = azure("authorization:RoleDefinition", "store-blob-editor");
const subscription = "/subscriptions/00000000-0000-0000-0000-0000000000e1";
const group = `${subscription}/resourceGroups/rg-ecluse-prod`;
const store = `${group}/providers/Microsoft.Storage/storageAccounts/stecluseproda1`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-prod-a1`;

const named = {
  owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  vaultAdministrator: "00482a5a-887f-4fb3-b363-3b7fe8e74483",
  registryPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  accountContributor: "17d1049b-9a84-46fb-8f53-869881c3d3ab",
  blobOwner: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  blobContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
};
const as = (name: keyof typeof named) => ({
  roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${named[name]}`,
});

const models = role("tracking-artifacts-role");
const compact = role("bank-churn-compact-inference-role");
const noCondition = { condition: undefined, conditionVersion: undefined };
const otherFolder = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]";

const onAzure: Mutation[][] = [
  broken(models, "ID-13", as("owner"), as("blobOwner"), { scope: store }),
  broken(models, "ID-13", { ...as("contributor"), scope: subscription }),
  broken(models, "ID-13", { ...as("accountContributor"), scope: store }),
  broken(role("cluster-nodes-subnet-role"), "ID-13", as("contributor"), {
    scope: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ecluse-prod`,
  }),
  broken(
    role("proxy-reads-people-client-secret-role"),
    "ID-13",
    { scope: vault },
    { scope: `${vault}/keys/store` },
  ),
  broken(role("cluster-vault-role"), "ID-13", as("vaultAdministrator")),
  broken({ ...role("cluster-registry-role"), stack: "dev" }, "ID-13", as("registryPush")),
  broken(role("cluster-administrators-role"), "ID-13", { principalType: "ServicePrincipal" }),
  broken(role("bank-churn-monitor-reports-role"), "ID-14", as("blobContributor")),
  broken(role("release-holdout-role"), "ID-14", as("blobContributor")),
  broken(role("access-bank-churn-ci-role"), "ID-14", as("blobContributor")),
  broken({ ...compact, stack: "dev" }, "ID-15", noCondition, { conditionVersion: "1.0" }),
  broken(
    compact,
    "ID-15",
    { condition: "true" },
    { condition: `${otherFolder} StringStartsWith 'bank-churn/'` },
  ),
  broken(role("bank-churn-train-data-role"), "ID-15", noCondition),
  broken(role("access-bank-churn-ci-role"), "ID-15", noCondition),
  broken(definition, "ID-04", { "permissions.0.actions": ["Microsoft.Storage/*"] }),
  broken(definition, "ID-04", {
    "permissions.0.actions": ["Microsoft.Storage/storageAccounts/listKeys/action"],
  }),
  broken(definition, "ID-04", {
    "permissions.0.dataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
  }),
];

const right = (resource: string, verb: string) => ({
  "rules.0": { apiGroups: [""], resources: [resource], verbs: [verb] },
});
const runnerRole = object("rbac.authorization.k8s.io/v1:Role", "release-runner-role");
const binding = object("rbac.authorization.k8s.io/v1:RoleBinding", "release-runner-binding");
const discovery = object("rbac.authorization.k8s.io/v1:ClusterRoleBinding", "issuer", "onprem-prod");
const account = "spec.template.spec.serviceAccountName";

const onCluster: Mutation[][] = [
  broken(runnerRole, "K8S-20", right("secrets", "list"), right("pods/ephemeralcontainers", "patch")),
  broken(runnerRole, "K8S-20", right("rolebindings", "create"), right("networkpolicies", "delete")),
  broken(runnerRole, "K8S-20", right("deployments", "create"), right("secretproviderclasses", "create")),
  broken(runnerRole, "K8S-20", right("serviceaccounts", "create"), right("clusters", "patch")),
  broken(
    binding,
    "K8S-28",
    { "subjects.0.namespace": "prod-bank-churn-ci" },
    { roleRef: { kind: "ClusterRole", name: "view" } },
    { subjects: [{ kind: "User", name: "bob" }] },
    { "metadata.namespace": "prod-bank-churn" },
  ),
  broken(discovery, "K8S-28", { "roleRef.name": "view" }, { "subjects.0.namespace": "dev-platform" }),
  broken(discovery, "K8S-28", { "subjects.0": { kind: "Group", name: "somebody" } }),
  [
    added(object("rbac.authorization.k8s.io/v1:RoleBinding", "help"), "K8S-28", {
      metadata: { name: "help", namespace: "prod-platform" },
      roleRef: { kind: "ClusterRole", name: "edit" },
      subjects: [{ kind: "ServiceAccount", name: "tracking", namespace: "prod-platform" }],
    }),
  ],
  broken(object("apps/v1:Deployment", "bank-churn-serve"), "K8S-29", { [account]: "monitor" }),
  broken(object("batch/v1:Job", "tracking-prepare", "onprem-dev"), "K8S-29", { [account]: "tracking" }),
  broken(object("apps/v1:Deployment", "release-runner"), "K8S-29", { [account]: "release" }),
];

/** Rights on Azure and in a cluster, wider than they need to be, by roles of every name. */
export const rightsMutations: readonly Mutation[] = [...onAzure, ...onCluster].flat();
