import { createHash } from "node:crypto";
import * as authorization from "@pulumi/azure-native/authorization";
import { builtInRole, type RoleArgs, roleId } from "./roles";
import type { AzureScope } from "./scope";

const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const [read, write, add, remove] = ["read", "write", "add/action", "delete"].map((end) => `${blobs}/${end}`);

/** Rights that no role of Azure's own has alone: its writers may all delete too. */
const customRoles: Readonly<Record<string, { name: string; description: string; dataActions: string[] }>> = {
  rlcw: {
    name: "blob editor",
    description: "Reads, lists and writes blobs; deletes none.",
    dataActions: [read, write, add] as string[],
  },
  cw: {
    name: "blob depositor",
    description: "Writes blobs; reads, lists and deletes none.",
    dataActions: [write, add] as string[],
  },
};

/** What a permission comes to: the role, and the resource that defines it. */
export type BlobRole = Pick<RoleArgs, "role" | "dependsOn">;

/**
 * The smallest role for permissions as of a SAS (`rlcwd`). A custom one is defined in the resource group, on first use;
 * `seed` makes its id another one than every other environment's.
 */
export function blobRoles(name: string, seed: string, scope: AzureScope): (permissions: string) => BlobRole {
  const made = new Map<string, BlobRole>();
  return (permissions) => {
    if (permissions === "rl") return { role: builtInRole(scope, "Storage Blob Data Reader") };
    if (permissions === "rlcwd") return { role: builtInRole(scope, "Storage Blob Data Contributor") };
    const role = made.get(permissions) ?? customRole(name, seed, permissions, scope);
    made.set(permissions, role);
    return role;
  };
}

function customRole(name: string, seed: string, permissions: string, scope: AzureScope): BlobRole {
  const custom = customRoles[permissions];
  if (!custom) throw new Error(`no role for blob permissions "${permissions}": use rl, rlcw, cw or rlcwd`);
  const { names, resourceGroupId, options } = scope;
  const guid = guidOf(`${seed}/${permissions}`);
  const definition = new authorization.RoleDefinition(
    `${name}-${custom.name.replace(" ", "-")}`,
    {
      roleDefinitionId: guid,
      roleName: names.role(custom.name),
      roleType: "CustomRole",
      description: custom.description,
      scope: resourceGroupId,
      assignableScopes: [resourceGroupId],
      permissions: [{ actions: [], notActions: [], dataActions: custom.dataActions, notDataActions: [] }],
    },
    options,
  );
  return { role: roleId(scope, guid), dependsOn: [definition] };
}

/** A role's id must be a GUID; made from what is the environment's own, it is known in a preview. */
function guidOf(seed: string): string {
  const hash = createHash("sha256").update(seed).digest("hex");
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `a${hash.slice(17, 20)}`];
  return [...parts, hash.slice(20, 32)].join("-");
}

/** The condition that leaves a role only the blobs, and lists of blobs, of one folder of its container. */
export function onlyBelow(folder: string): string {
  const list = `ActionMatches{'${read}'} AND SubOperationMatches{'Blob.List'}`;
  const readOne = `ActionMatches{'${read}'} AND NOT SubOperationMatches{'Blob.List'}`;
  const others = [write, add, remove].map((action) => `!(ActionMatches{'${action}'})`).join(" AND ");
  return [
    `((!(${list})) OR (@Request[${blobs}:prefix] StringStartsWith '${folder}/'))`,
    `((!(${readOne}) AND ${others}) OR (@Resource[${blobs}:path] StringStartsWith '${folder}/'))`,
  ].join(" AND ");
}
