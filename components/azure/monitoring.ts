import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";
import { within } from "../scope";
import { stateful } from "../stateful";
import type { AlertReceivers } from "./alerts";
import { makeBudget } from "./budget";
import { type EndpointNetwork, privateEndpoint } from "./dns";
import { type LogWorkspace, sendLogs } from "./logs";
import type { Network } from "./network";
import { type AzureScope, placed } from "./scope";

/** What the monitoring of an environment is made from. */
export interface MonitoringArgs {
  readonly scope: AzureScope;
  /** What it watches; from here production's workspace is reached, and from nowhere else. */
  readonly network: EndpointNetwork & Pick<Network, "securityGroups">;
  /** Days that logs are kept, where the tier does not ask for more. */
  readonly logRetentionDays: number;
  /** Gigabytes of logs after which a day's further ones are dropped; undefined for no cap. */
  readonly dailyQuotaGb?: number;
  /** Whether managed parts are watched by their metrics; in production they always are. */
  readonly metricAlerts: boolean;
  /** E-mail addresses that alerts and the budget write to. */
  readonly emails: readonly string[];
  /** The most that a month should cost; `startDate` is the first day of a month. */
  readonly budget: { readonly amount: number; readonly startDate: string };
}

/** Where an environment's logs go, and who gets alerts on failures and costs. */
export class Monitoring extends pulumi.ComponentResource implements LogWorkspace, AlertReceivers {
  readonly workspaceId: pulumi.Output<string>;
  readonly actionGroupId: pulumi.Output<string>;
  readonly metricAlerts: boolean;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:azure:Monitoring", name, {}, opts);
    const scope = within(args.scope, this);
    const workspace = new operationalinsights.Workspace(name, workspaceInputs(args), {
      ...scope.options,
      ...stateful("azure-native:operationalinsights:Workspace", scope.production),
    });
    this.workspaceId = workspace.id;
    for (const [use, id] of Object.entries(args.network.securityGroups))
      sendLogs(`${name}-network-${use}`, { workspace: this, resourceId: id, categories: networkLogs }, scope);
    if (scope.production) closeWorkspace(name, args.network, workspace.id, scope);
    this.actionGroupId = makeActionGroup(name, args.emails, scope).id;
    this.metricAlerts = args.metricAlerts;
    const { emails, budget } = args;
    makeBudget(`${name}-budget`, { ...budget, emails, actionGroupId: this.actionGroupId }, scope);
    this.registerOutputs({ workspaceId: this.workspaceId, actionGroupId: this.actionGroupId });
  }
}

/** What a security group lets in and refuses. */
const networkLogs = ["NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"];

function workspaceInputs({ scope, logRetentionDays, dailyQuotaGb }: MonitoringArgs) {
  const access = scope.production ? "Disabled" : "Enabled";
  return {
    ...placed(scope),
    workspaceName: scope.names.workspace,
    sku: { name: "PerGB2018" },
    // How far back an incident or an audit asks depends on the tier; a profile may keep logs longer, never
    // shorter.
    retentionInDays: Math.max(logRetentionDays, scope.production ? 365 : 90),
    features: { disableLocalAuth: true },
    publicNetworkAccessForIngestion: access,
    publicNetworkAccessForQuery: access,
    // Beyond the cap nothing is kept, which an audit of production could not bear.
    workspaceCapping: dailyQuotaGb && !scope.production ? { dailyQuotaGb } : undefined,
  };
}

/** Makes the network the only way to a workspace: its agents write by a private endpoint, and people read by it. */
function closeWorkspace(
  name: string,
  network: EndpointNetwork,
  workspaceId: pulumi.Input<string>,
  scope: AzureScope,
): void {
  const common = { resourceGroupName: scope.resourceGroupName };
  const link = new monitor.PrivateLinkScope(
    name,
    {
      ...common,
      scopeName: scope.names.privateLinkScope,
      location: "global",
      accessModeSettings: { ingestionAccessMode: "PrivateOnly", queryAccessMode: "PrivateOnly" },
      tags: scope.tags,
    },
    scope.options,
  );
  new monitor.PrivateLinkScopedResource(
    name,
    { ...common, name: "workspace", scopeName: link.name, linkedResourceId: workspaceId },
    scope.options,
  );
  privateEndpoint(name, { network, service: "monitor", resourceId: link.id }, scope);
}

/** Makes the group of people that alerts and the budget write to. */
function makeActionGroup(name: string, emails: readonly string[], scope: AzureScope) {
  return new monitor.ActionGroup(
    name,
    {
      actionGroupName: scope.names.actionGroup,
      resourceGroupName: scope.resourceGroupName,
      location: "global",
      // Azure shows it in messages, and bounds it to 12 characters.
      groupShortName: scope.environment.slice(0, 12),
      enabled: true,
      emailReceivers: emails.map((emailAddress) => ({
        name: emailAddress,
        emailAddress,
        useCommonAlertSchema: true,
      })),
      tags: scope.tags,
    },
    scope.options,
  );
}
