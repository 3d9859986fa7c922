import { beforeAll, describe, expect, it } from "vitest";
import { type Graph, graph, listAt, ofType, withId } from "./plan";

/** Owner, Contributor, User Access Administrator, and Role Based Access Control Administrator. */
const privileged =
  /(8e3af657-a8ff-443c-a75c-2fe8c4bcb635|b24988ac-6180-42a0-ab88-20f7382dd24c|18d7d88d-d35e-4fb5-a5c3-7773c20a72d9|f58310d9-a9f6-439a-9e8d-f62e7b41a168)$/i;

describe.each(["dev", "prod"])("the roles of %s", (stack) => {
  let found: Graph;
  beforeAll(async () => {
    found = await graph(stack);
  }, 240_000);

  it("each role has a reason, a kind of principal that is no person, and the narrowest of scopes", () => {
    const roles = ofType(found, "authorization:RoleAssignment");
    expect(roles.length).toBeGreaterThan(10);
    for (const { inputs, urn } of roles) {
      expect(String(inputs.description).length, urn).toBeGreaterThan(20);
      expect(["Group", "ServicePrincipal"], urn).toContain(inputs.principalType);
      expect(inputs.roleAssignmentName, urn).toBeUndefined();
      expect(inputs.roleDefinitionId, urn).not.toMatch(privileged);
      const made =
        withId(found, inputs.scope) ?? withId(found, String(inputs.scope).replace(/\/secrets\/[^/]+$/, ""));
      expect(made?.type, `${urn} ${inputs.scope}`).toMatch(/^azure-native:(?!resources:)/);
    }
  });

  it("each principal is an identity made here, or the administrators' group", () => {
    const identities = ofType(found, "managedidentity:UserAssignedIdentity").map(
      ({ outputs }) => outputs?.principalId,
    );
    for (const { inputs, urn } of ofType(found, "authorization:RoleAssignment")) {
      if (inputs.principalType === "ServicePrincipal") expect(identities, urn).toContain(inputs.principalId);
      else
        expect(inputs.principalId).toBe(`00000000-0000-0000-0000-0000000000${stack === "dev" ? "d2" : "e2"}`);
    }
  });

  it("each role of our own names what it does, and can be given in the environment alone", () => {
    const [group] = ofType(found, "resources:ResourceGroup");
    const own = ofType(found, "authorization:RoleDefinition");
    expect(own.length).toBeGreaterThan(0);
    for (const each of own) {
      expect(each.inputs.assignableScopes, each.urn).toEqual([group?.id]);
      const [permissions] = listAt(each, "permissions");
      const actions = [permissions?.actions, permissions?.dataActions].flatMap((list) => list ?? []);
      expect(
        actions.filter((action) => /\*|^Microsoft\.Authorization/i.test(String(action))),
        each.urn,
      ).toEqual([]);
    }
  });
});
