import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";
import { stateful } from "../stateful";
import { makeActionGroup, makeAlerts } from "./alerts";
import type { AlertSubject } from "./alertsTable";
import { type AzureContext, type AzureNetwork, within } from "./context";
import { closeWorkspace } from "./monitoringPrivate";

/** Where an environment's logs go, and who is told when something is wrong. */
export class Monitoring extends pulumi.ComponentResource {
  readonly workspaceId: pulumi.Output<string>;
  readonly actionGroupId: pulumi.Output<string>;
  private readonly context: AzureContext;

  constructor(name: string, context: AzureContext, network: AzureNetwork) {
    super("ecluse:azure:Monitoring", name, {}, context.options);
    this.context = within(context, this);
    const workspace = new operationalinsights.Workspace(name, workspaceInputs(context), {
      ...this.context.options,
      ...stateful("azure-native:operationalinsights:Workspace", context.production),
    });
    if (context.production) closeWorkspace(name, this.context, network, workspace.id);
    this.workspaceId = workspace.id;
    this.actionGroupId = makeActionGroup(name, this.context).id;
    this.registerOutputs({ workspaceId: this.workspaceId });
  }

  /** Sends a resource's logs of the named categories to the workspace. */
  diagnostics(name: string, resourceId: pulumi.Input<string>, categories: readonly string[]): void {
    new monitor.DiagnosticSetting(
      `${name}-logs`,
      {
        name: "to-workspace",
        resourceUri: resourceId,
        workspaceId: this.workspaceId,
        logAnalyticsDestinationType: "Dedicated",
        logs: categories.map((category) => ({ category, enabled: true })),
      },
      this.context.options,
    );
  }

  /** Watches a resource by the metrics of its kind; production does whatever its profile, since somebody depends on it. */
  alerts(subject: AlertSubject, resourceId: pulumi.Input<string>): void {
    if (this.context.profile.metricAlerts || this.context.production)
      makeAlerts(subject, resourceId, this.actionGroupId, this.context);
  }
}

function workspaceInputs(context: AzureContext): operationalinsights.WorkspaceArgs {
  const { production, profile, settings } = context;
  const access = production ? "Disabled" : "Enabled";
  return {
    workspaceName: context.names.workspace,
    resourceGroupName: context.resourceGroupName,
    location: context.azure.location,
    sku: { name: "PerGB2018" },
    // Whom an incident or an audit asks about the past is a matter of the tier; a profile may keep logs longer, never shorter.
    retentionInDays: Math.max(profile.logRetentionDays, production ? 365 : 90),
    features: { disableLocalAuth: true },
    publicNetworkAccessForIngestion: access,
    publicNetworkAccessForQuery: access,
    // Beyond the cap nothing is kept, which an audit of production could not bear.
    workspaceCapping: settings.profile === "frugal" && !production ? { dailyQuotaGb: 1 } : undefined,
    tags: context.tags,
  };
}
