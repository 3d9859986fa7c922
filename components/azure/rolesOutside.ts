import type * as pulumi from "@pulumi/pulumi";
import type { AzureContext } from "./context";
import type { Identities } from "./identities";
import { assignRole, builtInRole } from "./roles";
import type { AzureStore } from "./store";

/** What the rights of those who are no pods are given on. */
export interface OutsideArgs {
  readonly store: AzureStore;
  readonly identities: Identities;
  /** Log Analytics, with Key Vault's audit in it. */
  readonly workspaceId: pulumi.Input<string>;
}

/** Rights of groups of people and of GitLab's jobs; gives the client id of each use case's job identity, where there is one. */
export function outsideRights(
  context: AzureContext,
  { store, identities, workspaceId }: OutsideArgs,
): Readonly<Record<string, pulumi.Output<string>>> {
  const { auditors, dataLanders } = context.azure.groups;
  if (auditors) letAudit(context, store, auditors, workspaceId);
  if (dataLanders)
    store.grant({
      use: "data-landers",
      principal: { id: dataLanders, type: "Group" },
      container: "data",
      permissions: "rlcw",
    });
  const clients = context.settings.useCases.flatMap(({ name }) => {
    const pipeline = identities.pipeline(name);
    if (!pipeline) return [];
    const principal = { id: pipeline.principalId, type: "ServicePrincipal" } as const;
    store.grant({ use: pipeline.use, principal, container: "data", permissions: "rl", useCase: name });
    return [[name, pipeline.clientId] as const];
  });
  return Object.fromEntries(clients);
}

function letAudit(
  context: AzureContext,
  store: AzureStore,
  group: string,
  workspaceId: pulumi.Input<string>,
): void {
  const principal = { id: group, type: "Group" } as const;
  store.grant({ use: "auditors", principal, container: "reports", permissions: "rl" });
  assignRole(context, "auditors-logs", {
    principal,
    role: builtInRole(context, "Log Analytics Reader"),
    scope: workspaceId,
    description: `auditors of ${context.settings.environment} read its logs, the vault's audit among them.`,
  });
}
