import { expect, test } from "vitest";
import { storeArgs } from "./args";
import { blobRoles, onlyBelow } from "./blobRoles";
import { askedOf, ofType, registeredBy, scopeOf } from "./fixture";
import { builtInRole } from "./roles";

const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

const rolesOf = (environment: "dev" | "prod") => {
  const asked = askedOf({ environment });
  return blobRoles("own", storeArgs(asked).roleSeed, scopeOf(asked));
};

test("a role of Azure's own is named by the form that Azure gives back", async () => {
  await registeredBy(() => {
    expect(builtInRole(scopeOf(askedOf({ environment: "dev" })), "Storage Blob Data Reader")).toBe(
      "/subscriptions/11111111-1111-4111-8111-111111111111/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    );
  });
});

test("custom roles have the data actions of their words, no others, and no scope but the resource group", async () => {
  const all = await registeredBy(() => {
    const roleOf = rolesOf("prod");
    for (const permission of ["read", "read-write-delete", "read-write", "write", "write"] as const)
      roleOf(permission);
  });
  const definitions = ofType(all, "authorization:RoleDefinition");
  const group = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-ecluse-prod";
  expect(definitions.map(({ inputs }) => [inputs.roleName, inputs.permissions])).toEqual([
    [
      "Ecluse prod a1b2 blob depositor",
      [
        {
          actions: [],
          notActions: [],
          dataActions: [`${blobs}/write`, `${blobs}/add/action`],
          notDataActions: [],
        },
      ],
    ],
    [
      "Ecluse prod a1b2 blob editor",
      [
        {
          actions: [],
          notActions: [],
          dataActions: [`${blobs}/read`, `${blobs}/write`, `${blobs}/add/action`],
          notDataActions: [],
        },
      ],
    ],
  ]);
  for (const { inputs } of definitions) {
    expect(inputs.scope).toBe(group);
    expect(inputs.assignableScopes).toEqual([group]);
    expect(inputs.roleDefinitionId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  }
});

test("environments define roles of their own", async () => {
  const ids: string[] = [];
  await registeredBy(() => {
    for (const environment of ["dev", "prod"] as const) ids.push(rolesOf(environment)("write").role);
  });
  expect(new Set(ids).size).toBe(2);
});

test("a folder's condition covers lists by their prefix, and every other action by the blob's path", () => {
  expect(onlyBelow("bank-churn")).toBe(
    `((!(ActionMatches{'${blobs}/read'} AND SubOperationMatches{'Blob.List'})) OR ` +
      `(@Request[${blobs}:prefix] StringStartsWith 'bank-churn/')) AND ` +
      `((!(ActionMatches{'${blobs}/read'} AND NOT SubOperationMatches{'Blob.List'}) AND ` +
      `!(ActionMatches{'${blobs}/write'}) AND ` +
      `!(ActionMatches{'${blobs}/add/action'}) AND !(ActionMatches{'${blobs}/delete'})) OR ` +
      `(@Resource[${blobs}:path] StringStartsWith 'bank-churn/'))`,
  );
});
