/** Kinds of resources that are watched by metrics. */
export type AlertSubject = "cluster" | "database" | "store" | "vault";

/** One metric, and when somebody is told of it. */
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
