import { onlyBelow } from "../../../components/azure/blobRoles";
import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { urnOf } from "../../cases";
import { assignmentType, credentialType, identityType } from "../../identities";

const roles = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions";
const group = "/subscriptions/s/resourceGroups/g";
const containers = `${group}/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/v`;
const owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const administrator = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b";
const secretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const blobContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const blobReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";

const assigned = (role: string, scope: string, more: Properties = {}): Sketch => ({
  type: assignmentType,
  name: "role",
  inputs: {
    principalId: "principal",
    principalType: "ServicePrincipal",
    roleDefinitionId: role === UNKNOWN ? role : `${roles}/${role}`,
    scope,
    ...more,
  },
});
const from = (type: string, sketch: Sketch): Sketch => ({
  ...sketch,
  propertyDependencies: { scope: [urnOf(`azure-native:${type}`)] },
});
const defined = (...dataActions: string[]): Sketch => ({
  type: "azure-native:authorization:RoleDefinition",
  name: "own",
  inputs: { roleDefinitionId: "own", permissions: [{ actions: [], dataActions }] },
});
const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/** A pod's identity: `holder("prod-churn", "compact")`. */
const holder = (namespace: string, account: string): Sketch[] => [
  {
    type: identityType,
    name: "identity",
    inputs: { resourceName: "id" },
    outputs: { principalId: "principal" },
  },
  {
    type: credentialType,
    name: "trust",
    inputs: { resourceName: "id", subject: `system:serviceaccount:${namespace}:${account}` },
  },
];
const compact = holder("prod-churn", "compact");
const inference = `${containers}/inference`;
const below = (condition: string, version = "2.0") =>
  assigned(blobContributor, inference, { condition, conditionVersion: version });
const churn = onlyBelow("churn");

/** Cases of the rules on what roles allow. */
export const idRightsCases: Cases = {
  "ID-13": {
    pass: [
      assigned(secretsUser, `${vault}/secrets/s`),
      assigned(administrator, `${group}/providers/Microsoft.ContainerService/managedClusters/c`, {
        principalType: "Group",
      }),
      from("compute:DiskEncryptionSet", assigned(reader, UNKNOWN)),
      defined(`${blobs}/read`),
      assigned("own", inference),
    ],
    fail: [
      [assigned(owner, inference)],
      [assigned(secretsUser, vault)],
      [assigned(secretsUser, group)],
      [assigned(reader, group)],
      [assigned(reader, `${group}/providers/Microsoft.KeyVault/vaults`)],
      [assigned(administrator, `${group}/providers/Microsoft.ContainerService/managedClusters/c`)],
      [assigned("someone-elses", inference)],
      [defined(`${blobs}/read`), assigned("own", `${group}/providers/Microsoft.Storage/storageAccounts/a`)],
      [from("keyvault:Key", assigned(secretsUser, UNKNOWN))],
    ],
    open: [assigned(UNKNOWN, inference)],
    alsoOpen: [[assigned(secretsUser, UNKNOWN)], [from("keyvault:Vault", assigned(secretsUser, UNKNOWN))]],
  },
  "ID-14": {
    pass: [...compact, assigned(blobContributor, inference)],
    fail: [
      [...holder("prod-platform", "tracking"), assigned(blobContributor, inference)],
      [...compact, assigned(blobContributor, `${containers}/artifacts`)],
      [
        ...holder("prod-churn", "serve"),
        defined(`${blobs}/write`, `${blobs}/delete`),
        assigned("own", inference),
      ],
      [assigned(blobContributor, `${containers}/data`)],
      [assigned("unheard-of", `${containers}/data`, { principalType: "Group" })],
    ],
    open: [...compact, assigned(UNKNOWN, inference)],
    alsoOpen: [[from("storage:BlobContainer", assigned(blobContributor, UNKNOWN))]],
    notApplicable: [assigned(secretsUser, vault)],
  },
  "ID-15": {
    pass: [...compact, below(churn)],
    fail: [
      [...compact, assigned(blobContributor, inference)],
      [...compact, below(onlyBelow("other"))],
      [...compact, below("true")],
      [...compact, below(`${churn} OR true`)],
      [...compact, below(churn.split(" AND ((").slice(0, 1).join(""))],
      [...compact, below(churn, "1.0")],
      [...compact, below(churn.replace(" AND NOT SubOperationMatches", " AND SubOperationMatches"))],
    ],
    open: [...compact, below(UNKNOWN)],
    notApplicable: [...holder("prod-release", "release"), assigned(blobReader, `${containers}/data`)],
  },
};
