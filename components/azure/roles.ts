import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureContext } from "./context";

/** Roles of Azure's own, by https://learn.microsoft.com/azure/role-based-access-control/built-in-roles. */
const builtInRoles = {
  "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Log Analytics Reader": "73c42c96-874c-492b-b04d-ab87d138a893",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
} as const;

/** Who holds a role: an identity (a service principal to Entra), or a group of people. */
export interface Principal {
  readonly id: pulumi.Input<string>;
  readonly type: "ServicePrincipal" | "Group";
}

/** A role for a principal on one thing. */
export interface RoleArgs {
  readonly principal: Principal;
  /** Id of the role's definition. */
  readonly role: string;
  readonly scope: pulumi.Input<string>;
  /** Who may do what on what, for those who read the assignments in the portal. */
  readonly description: string;
  /** Narrows the role by attributes of the request (ABAC, version 2.0). */
  readonly condition?: string;
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** Id of a role's definition, in the form that Azure gives back whatever scope the role was defined in. */
export const roleId = ({ azure }: AzureContext, guid: string) =>
  `/subscriptions/${azure.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;

/** Id of one of Azure's own roles. */
export const builtInRole = (context: AzureContext, name: keyof typeof builtInRoles) =>
  roleId(context, builtInRoles[name]);

/** Assigns a role; the assignment's name is left to the provider, which replaces it when its parts change. */
export function assignRole(
  context: AzureContext,
  name: string,
  args: RoleArgs,
): authorization.RoleAssignment {
  const { principal, role, scope, description, condition, dependsOn = [] } = args;
  return new authorization.RoleAssignment(
    `${name}-role`,
    {
      principalId: principal.id,
      principalType: principal.type,
      roleDefinitionId: role,
      scope,
      description,
      ...(condition && { condition, conditionVersion: "2.0" }),
    },
    { ...context.options, dependsOn: [...dependsOn] },
  );
}
