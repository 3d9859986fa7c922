import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { contextOfStack } from "../../context";

const provider = "/subscriptions/s/resourceGroups/g/providers";
const vault: Sketch = { type: "azure-native:keyvault:Vault", id: `${provider}/Microsoft.KeyVault/vaults/v` };
const setting = (more: Properties = {}): Sketch => ({
  type: "azure-native:monitor:DiagnosticSetting",
  inputs: {
    resourceUri: `${provider}/Microsoft.KeyVault/vaults/v`,
    workspaceId: "/workspace",
    logs: [{ category: "AuditEvent", enabled: true }],
    ...more,
  },
});
const groupId = `${provider}/Microsoft.Insights/actionGroups/a`;
const group = (more: Properties = {}): Sketch => ({
  type: "azure-native:monitor:ActionGroup",
  id: groupId,
  inputs: { enabled: true, emailReceivers: [{ emailAddress: "a@example.com" }], ...more },
});
const alert = (more: Properties = {}): Sketch => ({
  type: "azure-native:monitor:MetricAlert",
  inputs: { enabled: true, actions: [{ actionGroupId: groupId }], ...more },
});

const inCluster = (type: string, name: string, namespace: string, more: Properties = {}): Sketch => ({
  type: `kubernetes:${type}`,
  name,
  inputs: { metadata: { name, namespace, labels: { "app.kubernetes.io/name": name } }, ...more },
});
const serve = inCluster("apps/v1:Deployment", "serve", "prod-a");
const monitor = inCluster("batch/v1:CronJob", "monitor", "prod-a");
const database = inCluster("postgresql.cnpg.io/v1:Cluster", "database", "prod-data");
const read = inCluster("monitoring.coreos.com/v1:PodMonitor", "database", "prod-data", {
  spec: { selector: { matchLabels: { "cnpg.io/cluster": "database" } } },
});
const down = `kube_deployment_status_replicas_available{namespace=~"prod-a|prod-b",deployment="serve"} == 0`;
const overdue = `time() - max by (namespace) (kube_cronjob_status_last_successful_time{cronjob="monitor"}) > 93600`;
const ofDatabase = [
  `cnpg_collector_up{namespace="prod-data"} == 0`,
  `time() - max(cnpg_collector_last_available_backup_timestamp{namespace="prod-data"}) > 172800`,
  `cnpg_pg_stat_archiver_last_failed_time - cnpg_pg_stat_archiver_last_archived_time > 1`,
];
const firing = (expressions: readonly string[], more: Properties = {}): Sketch =>
  inCluster("monitoring.coreos.com/v1:PrometheusRule", "ecluse", "prod-platform", {
    spec: {
      groups: [{ name: "a", rules: expressions.map((expr) => ({ alert: "A", expr, for: "5m", ...more })) }],
    },
  });

/** What each rule on logs passes, and what it refuses. */
export const logsCases: Cases = {
  "LOG-01": { pass: { retentionInDays: 365 }, fail: [{ retentionInDays: 364 }, {}] },
  "LOG-02": {
    pass: { features: { disableLocalAuth: true } },
    fail: [{ features: { disableLocalAuth: false } }, { features: {} }, {}],
  },
  "LOG-03": {
    pass: { publicNetworkAccessForIngestion: "disabled", publicNetworkAccessForQuery: "SecuredByPerimeter" },
    fail: [
      { publicNetworkAccessForIngestion: "Disabled", publicNetworkAccessForQuery: "Enabled" },
      { publicNetworkAccessForQuery: "Disabled" },
    ],
  },
  "LOG-04": {
    pass: [vault, setting()],
    fail: [
      [vault],
      [vault, setting({ logs: [{ category: "AuditEvent", enabled: false }] })],
      [vault, setting({ workspaceId: "" })],
      [vault, setting({ resourceUri: `${provider}/Microsoft.KeyVault/vaults/v-other` })],
    ],
    open: [vault, setting({ workspaceId: UNKNOWN })],
  },
  "LOG-05": {
    pass: [group(), alert()],
    fail: [
      [{ type: "azure-native:resources:ResourceGroup" }],
      [group({ emailReceivers: [] }), alert()],
      [group({ enabled: false }), alert()],
      [group(), alert({ enabled: false })],
      [group(), alert({ actions: [] })],
    ],
    open: [group(), alert({ actions: [{ actionGroupId: UNKNOWN }] })],
  },
  "LOG-06": {
    context: contextOfStack("onprem-prod"),
    pass: [serve, monitor, database, read, firing([down, overdue, ...ofDatabase])],
    fail: [
      [serve],
      [serve, firing([])],
      [serve, firing([down.replace("prod-a", "prod-c")])],
      [serve, firing([down.replace('"serve"', '"tracking"')])],
      [serve, firing([down.replace('=~"prod-a|prod-b"', '!="prod-a"')])],
      [serve, firing([down], { for: "30d" })],
      [serve, firing([down], { alert: null, record: "a" })],
      [monitor, firing([down])],
      [database, firing(ofDatabase)],
      [database, read, firing(ofDatabase.slice(1))],
      [database, read, firing(ofDatabase.slice(0, 2))],
      [database, read, firing(ofDatabase.map((each) => each.replace("prod-data", "dev-data")))],
    ],
    open: [
      serve,
      inCluster("monitoring.coreos.com/v1:PrometheusRule", "a", "prod-platform", { spec: UNKNOWN }),
    ],
    alsoOpen: [[serve, firing([down], { for: UNKNOWN })]],
    notApplicable: [{ type: "azure-native:resources:ResourceGroup" }, serve, database],
  },
};
