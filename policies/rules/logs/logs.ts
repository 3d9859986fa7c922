import { isWord, setFrom } from "../../azure";
import { allOf, anyOf, atLeast, is, some } from "../../conditions";
import type { Context } from "../../context";
import { byId, has, judged } from "../../relations";
import type { Condition, Finding, Rule, RuleText } from "../../rule";
import type { Stack } from "../../stack";
import { allVerdicts, anyVerdict, fail, pass } from "../../verdict";

const workspace = "azure-native:operationalinsights:Workspace";
const where = "components/azure/monitoring.ts";
const workspaces = { scope: "resource", types: [workspace], severity: "medium" } as const;

const retention = {
  id: "LOG-01",
  parameters: {
    days: { type: "number", description: "How long logs are kept.", default: 90 },
    productionDays: { type: "number", description: "How long production's logs are kept.", default: 365 },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const retainedLong: Condition = (at, context) =>
  atLeast(
    "retentionInDays",
    context.parameter<number>(retention, context.production ? "productionDays" : "days"),
  )(at, context);

const loggable = {
  id: "LOG-04",
  parameters: {
    types: {
      type: "array",
      items: { type: "string" },
      description: "Types of resources that write logs.",
      default: [
        "azure-native:containerservice:ManagedCluster",
        "azure-native:dbforpostgresql:Server",
        "azure-native:storage:StorageAccount",
        "azure-native:keyvault:Vault",
        "azure-native:containerregistry:Registry",
        "azure-native:network:NetworkSecurityGroup",
      ],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const anyLog = {
  type: "azure-native:monitor:DiagnosticSetting",
  relation: byId("resourceUri"),
  check: allOf(setFrom("workspaceId", workspace), some("logs", is("enabled", true))),
  missing: "no diagnostic setting sends its logs anywhere",
};

function* everyLog(stack: Stack, context: Context): Iterable<Finding> {
  for (const resource of stack.of(...context.parameter<readonly string[]>(loggable, "types")))
    yield { urn: resource.urn, ...has(stack, context, resource, anyLog) };
}

const groupType = "azure-native:monitor:ActionGroup";
const receivers = [
  "emailReceivers",
  "webhookReceivers",
  "smsReceivers",
  "azureAppPushReceivers",
  "armRoleReceivers",
];
const hasReceiver: Condition = allOf(
  is("enabled", true),
  anyOf(...receivers.map((list) => some(list, () => pass))),
);

/** By type where an alert names its action group. */
const alerts: Readonly<Record<string, string>> = {
  "azure-native:monitor:MetricAlert": "actions.0.actionGroupId",
  "azure-native:monitor:ScheduledQueryRule": "actions.actionGroups.0",
};

function* alertsReceived(stack: Stack, context: Context): Iterable<Finding> {
  const groups = stack.of(groupType);
  const alerting = stack.of(...Object.keys(alerts));
  const nobody = groups.length === 0 || alerting.length === 0;
  if (nobody && stack.of("azure-native:resources:ResourceGroup").length > 0)
    yield { urn: stack.urn, ...fail("there is no action group, or no alert that names it") };
  for (const group of groups) yield { urn: group.urn, ...judged(hasReceiver, group, context) };
  for (const alert of alerting) {
    const named = groups.map((group) => byId(alerts[alert.type] as string)(stack, alert, group));
    const received = anyVerdict([...named, fail("it names no action group of the stack")]);
    yield { urn: alert.urn, ...allVerdicts([received, judged(is("enabled", true), alert, context)]) };
  }
}

/** Rules on what is logged, for how long, and who gets alerts. */
export const logsRules: readonly Rule[] = [
  {
    ...workspaces,
    ...retention,
    name: "log-retention",
    environments: "all",
    description: "Logs are kept for 90 days, and production's for a year.",
    remediation: `Set retentionInDays in ${where}; a profile may keep logs longer (components/profiles.ts).`,
    deviation: "An archive of single tables does not count: what is in it cannot be searched at once.",
    check: retainedLong,
  },
  {
    ...workspaces,
    id: "LOG-02",
    name: "no-workspace-keys",
    environments: "all",
    description: "Nobody writes logs by a key.",
    remediation: `Set features.disableLocalAuth to true in ${where}.`,
    check: is("features.disableLocalAuth", true),
  },
  {
    ...workspaces,
    id: "LOG-03",
    name: "workspace-private",
    environments: "production",
    description: "Logs go in and are read from inside of the network only.",
    remediation: `Set publicNetworkAccessForIngestion and …ForQuery to Disabled in ${where}.`,
    check: allOf(
      ...["Ingestion", "Query"].map((use) =>
        isWord(`publicNetworkAccessFor${use}`, "Disabled", "SecuredByPerimeter"),
      ),
    ),
  },
  {
    ...loggable,
    name: "everything-logged",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "Everything that can write logs sends some to the workspace.",
    remediation: `Call diagnostics of ${where} with the resource's id.`,
    check: everyLog,
  },
  {
    id: "LOG-05",
    name: "alerts-reach-somebody",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "Alerts reach somebody.",
    remediation:
      "List addresses in ecluse:azure.alertEmails, and watch a resource by alerts of components/azure/monitoring.ts.",
    deviation:
      "Alerts are of managed parts; each use case is watched by its drift monitor, which ML-12 and ML-13 judge.",
    check: alertsReceived,
  },
];
