import { createHash } from "node:crypto";
import * as authorization from "@pulumi/azure-native/authorization";
import type { Permission } from "../naming";
import { type BuiltInRole, builtInRole, type RoleArgs, roleId } from "./roles";
import type { AzureScope } from "./scope";

const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const read = `${blobs}/read`;
const write = `${blobs}/write`;
const add = `${blobs}/add/action`;
const remove = `${blobs}/delete`;

interface CustomRole {
  readonly name: string;
  readonly description: string;
  readonly dataActions: string[];
}

/** The smallest role of each permission. Where Azure has none, its writers may all delete too. */
const roles: Readonly<Record<Permission, BuiltInRole | CustomRole>> = {
  read: "Storage Blob Data Reader",
  write: {
    name: "blob depositor",
    description: "Writes blobs; reads, lists and deletes none.",
    dataActions: [write, add],
  },
  "read-write": {
    name: "blob editor",
    description: "Reads, lists and writes blobs; deletes none.",
    dataActions: [read, write, add],
  },
  "read-write-delete": "Storage Blob Data Contributor",
};

/** What a permission comes to: the role, and the resource that defines it. */
export type BlobRole = Pick<RoleArgs, "role" | "dependsOn">;

/**
 * The smallest role for a permission. A custom one is defined in the resource group, on first use; `seed` makes its id
 * another one than every other environment's.
 */
export function blobRoles(
  name: string,
  seed: string,
  scope: AzureScope,
): (permission: Permission) => BlobRole {
  const made = new Map<Permission, BlobRole>();
  return (permission) => {
    const wanted = roles[permission];
    if (typeof wanted === "string") return { role: builtInRole(scope, wanted) };
    const role = made.get(permission) ?? customRole(name, `${seed}/${permission}`, wanted, scope);
    made.set(permission, role);
    return role;
  };
}

function customRole(name: string, seed: string, custom: CustomRole, scope: AzureScope): BlobRole {
  const { names, resourceGroupId, options } = scope;
  const guid = guidOf(seed);
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
