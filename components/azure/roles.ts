import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureScope } from "./scope";

/** Roles of Azure's own, by https://learn.microsoft.com/azure/role-based-access-control/built-in-roles. */
const builtInRoles = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  "Azure Kubernetes Service RBAC Cluster Admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
  "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
  "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Log Analytics Reader": "73c42c96-874c-492b-b04d-ab87d138a893",
  "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
  "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
} as const;

/** The name of one of Azure's own roles. */
export type BuiltInRole = keyof typeof builtInRoles;

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
  /** Id of that thing. */
  readonly on: pulumi.Input<string>;
  /** Who may do what on what, for those who read the assignments in the portal. */
  readonly description: string;
  /** Narrows the role by attributes of the request (ABAC, version 2.0). */
  readonly condition?: string;
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** Id of a role's definition, in the form that Azure gives back whatever scope the role was defined in. */
export const roleId = ({ subscriptionId }: AzureScope, guid: string) =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;

/** Id of one of Azure's own roles. */
export const builtInRole = (scope: AzureScope, name: BuiltInRole) => roleId(scope, builtInRoles[name]);

/** Assigns a role; the assignment's name is left to the provider, which replaces it when its parts change. */
export function assignRole(name: string, args: RoleArgs, scope: AzureScope): authorization.RoleAssignment {
  const { principal, role, description, condition, dependsOn = [] } = args;
  return new authorization.RoleAssignment(
    `${name}-role`,
    {
      principalId: principal.id,
      principalType: principal.type,
      roleDefinitionId: role,
      scope: args.on,
      description,
      ...(condition && { condition, conditionVersion: "2.0" }),
    },
    { ...scope.options, dependsOn: [...dependsOn] },
  );
}
