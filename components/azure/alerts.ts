import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureScope } from "./scope";

/** Kinds of resources that are watched by metrics. */
export type AlertSubject = "cluster" | "database" | "store" | "vault";

/** One metric, and when it raises an alert. */
export interface AlertRow {
  readonly subject: AlertSubject;
  readonly name: string;
  readonly description: string;
  readonly metric: string;
  readonly aggregation: "Average" | "Maximum" | "Total";
  readonly operator: "GreaterThan" | "LessThan";
  readonly threshold: number;
  /** 0 is critical, 1 an error, 2 a warning. */
  readonly severity: 0 | 1 | 2;
  readonly dimensions?: Readonly<Record<string, string>>;
}

const above = { aggregation: "Average", operator: "GreaterThan" } as const;
const unavailable = {
  aggregation: "Average",
  operator: "LessThan",
  metric: "Availability",
  threshold: 99,
} as const;

/** Every metric alert, each over a quarter of an hour. */
export const alertRows: readonly AlertRow[] = [
  {
    subject: "cluster",
    name: "node-cpu",
    description: "CPU of nodes in percent",
    metric: "node_cpu_usage_percentage",
    ...above,
    threshold: 90,
    severity: 2,
  },
  {
    subject: "cluster",
    name: "node-memory",
    description: "Memory of nodes in percent",
    metric: "node_memory_working_set_percentage",
    ...above,
    threshold: 90,
    severity: 2,
  },
  {
    subject: "cluster",
    name: "node-not-ready",
    description: "Nodes that are not ready",
    metric: "kube_node_status_condition",
    aggregation: "Average",
    operator: "GreaterThan",
    threshold: 0,
    severity: 1,
    dimensions: { status2: "NotReady" },
  },
  {
    subject: "database",
    name: "database-cpu",
    description: "CPU of PostgreSQL in percent",
    metric: "cpu_percent",
    ...above,
    threshold: 90,
    severity: 2,
  },
  {
    subject: "database",
    name: "database-storage",
    description: "Storage of PostgreSQL in percent; at 95 it becomes read-only",
    metric: "storage_percent",
    ...above,
    threshold: 80,
    severity: 1,
  },
  {
    subject: "database",
    name: "database-connections",
    description: "Connections that PostgreSQL refused",
    metric: "connections_failed",
    aggregation: "Total",
    operator: "GreaterThan",
    threshold: 20,
    severity: 2,
  },
  {
    subject: "store",
    name: "store-availability",
    description: "Availability of the blob store in percent",
    ...unavailable,
    severity: 1,
  },
  {
    subject: "vault",
    name: "vault-availability",
    description: "Availability of Key Vault in percent",
    ...unavailable,
    severity: 1,
  },
];

const namespaces: Readonly<Record<AlertSubject, string>> = {
  cluster: "Microsoft.ContainerService/managedClusters",
  database: "Microsoft.DBforPostgreSQL/flexibleServers",
  store: "Microsoft.Storage/storageAccounts",
  vault: "Microsoft.KeyVault/vaults",
};

/** Who receives alerts, and whether there are any. */
export interface AlertReceivers {
  readonly actionGroupId: pulumi.Output<string>;
  readonly metricAlerts: boolean;
}

/** Which resource is watched, by the metrics of its kind. */
export interface AlertArgs {
  readonly subject: AlertSubject;
  readonly resourceId: pulumi.Input<string>;
  readonly receivers: AlertReceivers;
}

/** Makes the alerts of one resource; production has them whatever its profile, since somebody depends on it. */
export function makeAlerts(name: string, args: AlertArgs, scope: AzureScope): void {
  if (!args.receivers.metricAlerts && !scope.production) return;
  for (const row of alertRows.filter(({ subject }) => subject === args.subject))
    new monitor.MetricAlert(`${name}-${row.name}`, alertInputs(row, args, scope), scope.options);
}

const alertInputs = (
  row: AlertRow,
  { resourceId, receivers }: AlertArgs,
  { resourceGroupName, tags }: AzureScope,
) => ({
  ruleName: row.name,
  resourceGroupName,
  location: "global",
  description: row.description,
  enabled: true,
  severity: row.severity,
  scopes: [resourceId],
  evaluationFrequency: "PT5M",
  windowSize: "PT15M",
  criteria: criteria(row),
  actions: [{ actionGroupId: receivers.actionGroupId }],
  tags,
});

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
