import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureScope } from "./scope";

/** The Log Analytics workspace of an environment. */
export interface LogWorkspace {
  readonly workspaceId: pulumi.Output<string>;
}

/** Which logs of which resource are kept. */
export interface LogArgs {
  readonly workspace: LogWorkspace;
  readonly resourceId: pulumi.Input<string>;
  readonly categories: readonly string[];
}

/** Sends a resource's logs of the named categories to a workspace. */
export function sendLogs(
  name: string,
  { workspace, resourceId, categories }: LogArgs,
  scope: AzureScope,
): void {
  new monitor.DiagnosticSetting(
    `${name}-logs`,
    {
      name: "to-workspace",
      resourceUri: resourceId,
      workspaceId: workspace.workspaceId,
      logAnalyticsDestinationType: "Dedicated",
      logs: categories.map((category) => ({ category, enabled: true })),
    },
    scope.options,
  );
}
