import { describe, expect, it } from "vitest";
import { makeBudget } from "./budget";
import type { AzureContext } from "./context";
import { lock } from "./lock";
import { Monitoring } from "./monitoring";
import { contextOf, fakeNetwork } from "./rolesFixture";
import { only, registeredBy } from "./rolesRecorder";

const monitored = (environment: "dev" | "prod", use: (monitoring: Monitoring) => void = () => {}) =>
  registeredBy(() => {
    use(new Monitoring("monitoring", contextOf({ environment }), fakeNetwork()));
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
    expect(only(all, "PrivateLinkScopedResource").inputs.linkedResourceId).toMatch(/Workspace\/monitoring$/);
    expect(all.map(({ name }) => name)).toContain("endpoint-monitor");
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
});

describe("alerts", () => {
  const everything = (monitoring: Monitoring) => {
    monitoring.alerts("cluster", "/cluster");
    monitoring.alerts("database", "/database");
    monitoring.alerts("store", "/store");
    monitoring.alerts("vault", "/vault");
  };

  it("watch each part of production, and write to people", async () => {
    const all = await monitored("prod", everything);
    const alerts = all.filter(({ type }) => type.endsWith(":MetricAlert"));
    const seen = alerts.map(({ name, inputs }) => [name, inputs.scopes, inputs.criteria.allOf[0].metricName]);
    expect(seen).toEqual([
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
      expect(inputs.actions[0].actionGroupId).toMatch(/ActionGroup\/monitoring$/);
    }
    expect(only(all, "ActionGroup").inputs.emailReceivers).toEqual([
      { name: "ops@example.com", emailAddress: "ops@example.com", useCommonAlertSchema: true },
    ]);
  });

  it("stay out of a frugal development", async () => {
    const all = await monitored("dev", everything);
    expect(all.filter(({ type }) => type.endsWith(":MetricAlert"))).toEqual([]);
  });
});

it("sends the named categories to the workspace", async () => {
  const all = await monitored("dev", (monitoring) =>
    monitoring.diagnostics("vault", "/vault", ["AuditEvent"]),
  );
  expect(only(all, "DiagnosticSetting").inputs).toMatchObject({
    resourceUri: "/vault",
    workspaceId: expect.stringMatching(/Workspace\/monitoring$/),
    logs: [{ category: "AuditEvent", enabled: true }],
  });
});

describe("the budget", () => {
  const budget = (startDate: string) =>
    registeredBy(() => {
      const base = contextOf({ environment: "dev" });
      const context: AzureContext = { ...base, azure: { ...base.azure, budget: { amount: 100, startDate } } };
      makeBudget("budget", context, "/group");
    });

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
      expect(row.contactGroups).toEqual(["/group"]);
    }
  });

  it.each(["2026-12-02", "2026-13-01", "soon"])("refuses to begin at %s", async (startDate) => {
    await expect(budget(startDate)).rejects.toThrow(`ecluse:azure.budget.startDate is "${startDate}"`);
  });
});

it("locks what production keeps, and nothing in development", async () => {
  const locks = async (environment: "dev" | "prod") => {
    const all = await registeredBy(() => lock("store", "/store", contextOf({ environment })));
    return all.filter(({ type }) => type.endsWith(":ManagementLockByScope")).map(({ inputs }) => inputs);
  };
  expect(await locks("dev")).toEqual([]);
  expect(await locks("prod")).toMatchObject([{ level: "CanNotDelete", scope: "/store" }]);
});
