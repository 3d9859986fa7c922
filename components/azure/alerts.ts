import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import { type AlertRow, type AlertSubject, alertRows } from "./alertsTable";
import type { AzureContext } from "./context";

const namespaces: Readonly<Record<AlertSubject, string>> = {
  cluster: "Microsoft.ContainerService/managedClusters",
  database: "Microsoft.DBforPostgreSQL/flexibleServers",
  store: "Microsoft.Storage/storageAccounts",
  vault: "Microsoft.KeyVault/vaults",
};

/** Makes the alerts of one resource. */
export function makeAlerts(
  subject: AlertSubject,
  resourceId: pulumi.Input<string>,
  actionGroupId: pulumi.Input<string>,
  context: AzureContext,
): void {
  for (const row of alertRows.filter((each) => each.subject === subject))
    new monitor.MetricAlert(
      row.name,
      {
        ruleName: row.name,
        resourceGroupName: context.resourceGroupName,
        location: "global",
        description: row.description,
        enabled: true,
        severity: row.severity,
        scopes: [resourceId],
        evaluationFrequency: "PT5M",
        windowSize: "PT15M",
        criteria: criteria(row),
        actions: [{ actionGroupId }],
        tags: context.tags,
      },
      context.options,
    );
}

function criteria(row: AlertRow) {
  const dimensions = Object.entries(row.dimensions ?? {});
  return {
    odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria" as const,
    allOf: [
      {
        criterionType: "StaticThresholdCriterion" as const,
        name: row.name,
        metricNamespace: namespaces[row.subject],
        metricName: row.metric,
        timeAggregation: row.aggregation,
        operator: row.operator,
        threshold: row.threshold,
        dimensions: dimensions.map(([name, value]) => ({ name, operator: "Include", values: [value] })),
      },
    ],
  };
}

/** Makes the group of people that alerts and the budget write to. */
export function makeActionGroup(name: string, context: AzureContext) {
  return new monitor.ActionGroup(
    name,
    {
      actionGroupName: context.names.actionGroup,
      resourceGroupName: context.resourceGroupName,
      location: "global",
      // Azure shows it in messages, and bounds it to 12 characters.
      groupShortName: context.settings.environment.slice(0, 12),
      enabled: true,
      emailReceivers: context.azure.alertEmails.map((emailAddress) => ({
        name: emailAddress,
        emailAddress,
        useCommonAlertSchema: true,
      })),
      tags: context.tags,
    },
    context.options,
  );
}
