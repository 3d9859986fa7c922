import { UNKNOWN } from "../protocol/properties";
import { parseUrn } from "../protocol/urn";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { items, read, text } from "./values";

/** What a role allows, by the smallest things that it may be held on. */
export interface RoleFit {
  readonly name: string;
  /** Types of Azure's resource manager; `any`: whatever is a resource of a group. */
  readonly on: readonly string[] | "any";
  /** Only people may hold it, by a group. */
  readonly forPeople?: true;
}

const key = "Microsoft.KeyVault/vaults/keys";
const container = "Microsoft.Storage/storageAccounts/blobServices/containers";

/** Azure's own roles that something here may hold; of any other nobody has said what it may be held on. */
const builtIn: Readonly<Record<string, RoleFit>> = {
  "7f951dda-4ed3-4680-a7ca-43fe172d538d": { name: "AcrPull", on: ["Microsoft.ContainerRegistry/registries"] },
  "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": {
    name: "Azure Kubernetes Service RBAC Cluster Admin",
    on: ["Microsoft.ContainerService/managedClusters"],
    forPeople: true,
  },
  "f25e0fa2-a7c8-4377-a976-54943a77a395": {
    name: "Key Vault Contributor",
    on: ["Microsoft.KeyVault/vaults"],
  },
  "e147488a-f6f5-4113-8e2d-b22465e65bf6": { name: "Key Vault Crypto Service Encryption User", on: [key] },
  "12338af0-0e69-4776-bea7-57ae8d297424": { name: "Key Vault Crypto User", on: [key] },
  "4633458b-17de-408a-b874-0445c86b69e6": {
    name: "Key Vault Secrets User",
    on: ["Microsoft.KeyVault/vaults/secrets"],
  },
  "73c42c96-874c-492b-b04d-ab87d138a893": {
    name: "Log Analytics Reader",
    on: ["Microsoft.OperationalInsights/workspaces"],
  },
  "f1a07417-d97a-45cb-824c-7a7467783830": {
    name: "Managed Identity Operator",
    on: ["Microsoft.ManagedIdentity/userAssignedIdentities"],
  },
  "4d97b98b-1d4f-4787-a291-c67834d212e7": {
    name: "Network Contributor",
    on: ["Microsoft.Network/virtualNetworks/subnets"],
  },
  "acdd72a7-3385-48ef-bd42-f606fba81ae7": { name: "Reader", on: "any" },
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": { name: "Storage Blob Data Contributor", on: [container] },
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": { name: "Storage Blob Data Reader", on: [container] },
};

/** The types of this program's resources whose ids a preview does not know. */
const typesOfPulumi: Readonly<Record<string, string>> = {
  "azure-native:compute:DiskEncryptionSet": "Microsoft.Compute/diskEncryptionSets",
  "azure-native:containerregistry:Registry": "Microsoft.ContainerRegistry/registries",
  "azure-native:containerservice:ManagedCluster": "Microsoft.ContainerService/managedClusters",
  "azure-native:keyvault:Key": key,
  "azure-native:keyvault:Secret": "Microsoft.KeyVault/vaults/secrets",
  "azure-native:managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities",
  "azure-native:network:Subnet": "Microsoft.Network/virtualNetworks/subnets",
  "azure-native:operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces",
  "azure-native:storage:BlobContainer": container,
};

const withinGroup = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/(?!.*\/providers\/)(.+)$/i;

/**
 * The type of what a role is held on, such as `Microsoft.KeyVault/vaults/keys`; undefined for a group and more, UNKNOWN
 * where nobody knows yet.
 */
export function typeHeldOn(assignment: Resource): string | undefined {
  const scope = read(assignment.inputs, "scope");
  const [, path] = withinGroup.exec(String(scope)) ?? [];
  if (path) {
    const [provider, ...parts] = path.replace(/\/$/, "").split("/");
    // A type and a name each: what ends in a type is no resource.
    return parts.length % 2 ? undefined : [provider, ...parts.filter((_, at) => at % 2 === 0)].join("/");
  }
  const sources = assignment.propertyDependencies.scope ?? [];
  const made = sources.length === 1 ? typesOfPulumi[parseUrn(sources[0] as string).type] : undefined;
  return made ?? (scope === UNKNOWN ? UNKNOWN : undefined);
}

/** The GUID of the role that is held, in lower case; UNKNOWN where nobody knows yet. */
export function roleOf({ inputs }: Resource): string {
  const id = read(inputs, "roleDefinitionId");
  return id === UNKNOWN ? UNKNOWN : (String(id).replace(/\/$/, "").split("/").at(-1)?.toLowerCase() ?? "");
}

/** What a role of the stack's own allows, of actions and of data actions; undefined for another's role. */
export function actionsOf(stack: Stack, role: string): readonly string[] | undefined {
  const own = stack
    .of("azure-native:authorization:RoleDefinition")
    .find(({ inputs }) => text(inputs, "roleDefinitionId")?.toLowerCase() === role);
  return (
    own &&
    ["actions", "dataActions"].flatMap((list) =>
      (items(own.inputs, "permissions") ?? []).flatMap((each) => (items(each, list) ?? []).map(String)),
    )
  );
}

/** What a role may be held on: one of Azure's own by the table, one of the stack's own by its actions. */
export function fitOf(stack: Stack, role: string): RoleFit | undefined {
  if (builtIn[role]) return builtIn[role];
  const actions = actionsOf(stack, role);
  const onlyBlobs = actions?.every((action) => action.startsWith(`${container}/blobs/`));
  return actions && { name: "a role of the stack's own", on: onlyBlobs ? [container] : "any" };
}

const writes = /\/blobs\/(write|add\/action|\*)$/i;
const deletes = /\/blobs\/(delete|\*)$/i;

/** The most that a role may do to blobs; undefined for a role that nobody here knows. */
export function mostOnBlobs(stack: Stack, role: string): "read" | "write" | "delete" | undefined {
  if (role === "ba92f5b4-2d11-453d-a403-e96b0029c9fe") return "delete";
  if (role === "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1") return "read";
  const actions = actionsOf(stack, role);
  if (!actions) return undefined;
  if (actions.some((action) => deletes.test(action))) return "delete";
  return actions.some((action) => writes.test(action)) ? "write" : "read";
}
