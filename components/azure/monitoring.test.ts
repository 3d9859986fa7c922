import { describe, expect, it } from "vitest";
import { type AlertSubject, makeAlerts } from "./alerts";
import { monitoringArgs, networkArgs } from "./args";
import {
  alertsOf,
  askedOf,
  endpointsOf,
  fakeNetwork,
  logsOf,
  ofType,
  only,
  registeredBy,
  scopeOf,
  standsOf,
} from "./fixture";
import { lock } from "./lock";
import { sendLogs } from "./logs";
import { Monitoring, type MonitoringArgs } from "./monitoring";
import { Network } from "./network";

const monitored = (environment: "dev" | "prod", changes: Partial<MonitoringArgs> = {}) =>
  registeredBy(() => {
    const asked = askedOf({ environment });
    const given = { scope: scopeOf(asked), network: fakeNetwork() };
    new Monitoring("own-monitoring", { ...given, ...monitoringArgs(asked), ...changes });
  });

describe("the workspace", () => {
  it("keeps a year in production, and only the network reaches it", async () => {
    const all = await monitored("prod");
    const workspace = only(all, "Workspace");
    expect(workspace.inputs).toMatchObject({
      retentionInDays: 365,
      features: { disableLocalAuth: true },
      publicNetworkAccessForIngestion: "Disabled",
      publicNetworkAccessForQuery: "Disabled",
    });
    expect(workspace.inputs.workspaceCapping).toBeUndefined();
    expect(workspace.protect).toBe(true);
    expect(only(all, "PrivateLinkScope").inputs.accessModeSettings).toEqual({
      ingestionAccessMode: "PrivateOnly",
      queryAccessMode: "PrivateOnly",
    });
    expect(only(all, "PrivateLinkScopedResource").inputs.linkedResourceId).toMatch(
      /Workspace\/own-monitoring$/,
    );
    expect(endpointsOf(all)).toEqual([["monitor", "azuremonitor", "own-monitoring"]]);
    expect(only(all, "ActionGroup").inputs.emailReceivers).toEqual([
      { name: "ops@example.com", emailAddress: "ops@example.com", useCommonAlertSchema: true },
    ]);
  });

  it("is capped and cheap in a frugal development, and takes no shared key either", async () => {
    const workspace = only(await monitored("dev"), "Workspace");
    expect(workspace.inputs).toMatchObject({
      retentionInDays: 90,
      workspaceCapping: { dailyQuotaGb: 1 },
      features: { disableLocalAuth: true },
    });
    expect(workspace.protect).toBe(false);
  });

  it("is capped in no production", async () => {
    const { inputs } = only(await monitored("prod", { dailyQuotaGb: 1 }), "Workspace");
    expect(inputs.workspaceCapping).toBeUndefined();
  });
});

describe("alerts", () => {
  const watched = (environment: "dev" | "prod", metricAlerts: boolean) =>
    registeredBy(() => {
      const { scope, monitoring } = standsOf({ environment });
      const receivers = { ...monitoring, metricAlerts };
      for (const subject of ["cluster", "database", "store", "vault"] satisfies AlertSubject[])
        makeAlerts(subject, { subject, resourceId: `/${subject}`, receivers }, scope);
    });

  it.each([
    ["prod", false],
    ["dev", true],
  ] as const)(
    "watch each part in %s with metric alerts %s, and write to people",
    async (environment, asked) => {
      const all = await watched(environment, asked);
      const alerts = ofType(all, "monitor:MetricAlert");
      const seen = alerts.map(({ inputs }) => [
        inputs.ruleName,
        inputs.scopes,
        inputs.criteria.allOf[0].metricName,
      ]);
      expect(seen.sort()).toEqual([
        ["database-connections", ["/database"], "connections_failed"],
        ["database-cpu", ["/database"], "cpu_percent"],
        ["database-storage", ["/database"], "storage_percent"],
        ["node-cpu", ["/cluster"], "node_cpu_usage_percentage"],
        ["node-memory", ["/cluster"], "node_memory_working_set_percentage"],
        ["node-not-ready", ["/cluster"], "kube_node_status_condition"],
        ["store-availability", ["/store"], "Availability"],
        ["vault-availability", ["/vault"], "Availability"],
      ]);
      for (const { inputs } of alerts) {
        expect(inputs.enabled).toBe(true);
        expect(inputs.actions).toEqual([{ actionGroupId: "/action-group" }]);
      }
    },
  );

  it("stay out of a frugal development", async () => {
    expect(alertsOf(await watched("dev", false))).toEqual([]);
    expect(monitoringArgs(askedOf({ environment: "dev" })).metricAlerts).toBe(false);
  });
});

it("keeps the logs of every security group of the network", async () => {
  const all = await registeredBy(() => {
    const asked = askedOf({ environment: "dev" });
    const scope = scopeOf(asked);
    const network = new Network("own-network", { scope, ...networkArgs(asked) });
    new Monitoring("own-monitoring", { scope, network, ...monitoringArgs(asked) });
  });
  expect(logsOf(all)).toEqual(
    ["apiServer", "database", "endpoints", "nodes"].map((use) => [
      `azure-native:network:NetworkSecurityGroup/own-network-${use}-rules`,
      ["NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"],
    ]),
  );
});

it("sends the named categories to the workspace", async () => {
  const all = await registeredBy(() => {
    const { scope, monitoring: workspace } = standsOf({ environment: "dev" });
    sendLogs("vault", { workspace, resourceId: "/providers/vault", categories: ["AuditEvent"] }, scope);
  });
  expect(logsOf(all)).toEqual([["vault", ["AuditEvent"]]]);
  expect(only(all, "DiagnosticSetting").inputs).toMatchObject({
    workspaceId: "/workspace",
    logs: [{ category: "AuditEvent", enabled: true }],
  });
});

describe("the budget", () => {
  const budget = (startDate: string) => monitored("dev", { budget: { amount: 100, startDate } });

  it("warns early, late and ahead, within the environment's resource group", async () => {
    const { inputs } = only(await budget("2026-12-01"), "Budget");
    expect(inputs.scope).toMatch(/resourceGroups\/rg-ecluse-dev$/);
    expect(inputs.timePeriod).toEqual({ startDate: "2026-12-01T00:00:00Z", endDate: "2036-12-01T00:00:00Z" });
    const rows = Object.values<Record<string, unknown>>(inputs.notifications);
    expect(rows.map(({ thresholdType, threshold, enabled }) => [thresholdType, threshold, enabled])).toEqual([
      ["Actual", 100, true],
      ["Actual", 50, true],
      ["Actual", 80, true],
      ["Forecasted", 100, true],
    ]);
    for (const row of rows) {
      expect(row.contactEmails).toEqual(["ops@example.com"]);
      expect(row.contactGroups).toEqual([expect.stringMatching(/ActionGroup\/own-monitoring$/)]);
    }
  });

  it.each(["2026-12-02", "2026-13-01", "soon"])("refuses to begin at %s", async (startDate) => {
    await expect(budget(startDate)).rejects.toThrow(`ecluse:azure.budget.startDate is "${startDate}"`);
  });
});

it("locks what production keeps, and nothing in development", async () => {
  const locks = async (environment: "dev" | "prod") => {
    const all = await registeredBy(() => lock("store", "/store", scopeOf(askedOf({ environment }))));
    return all.filter(({ type }) => type.endsWith(":ManagementLockByScope")).map(({ inputs }) => inputs);
  };
  expect(await locks("dev")).toEqual([]);
  expect(await locks("prod")).toMatchObject([{ level: "CanNotDelete", scope: "/store" }]);
});
