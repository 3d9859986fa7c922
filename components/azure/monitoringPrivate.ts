import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureContext, AzureNetwork } from "./context";

/** Makes the network the only way to a workspace: its agents write by a private endpoint, and people read by it. */
export function closeWorkspace(
  name: string,
  context: AzureContext,
  network: AzureNetwork,
  workspaceId: pulumi.Input<string>,
): void {
  const scope = new monitor.PrivateLinkScope(
    name,
    {
      scopeName: context.names.privateLinkScope,
      resourceGroupName: context.resourceGroupName,
      location: "global",
      accessModeSettings: { ingestionAccessMode: "PrivateOnly", queryAccessMode: "PrivateOnly" },
      tags: context.tags,
    },
    context.options,
  );
  new monitor.PrivateLinkScopedResource(
    name,
    {
      name: "workspace",
      scopeName: scope.name,
      resourceGroupName: context.resourceGroupName,
      linkedResourceId: workspaceId,
    },
    context.options,
  );
  network.privateEndpoint("monitor", scope.id);
}
