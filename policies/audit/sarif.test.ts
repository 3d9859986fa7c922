import { describe, expect, it } from "vitest";
import { fixture } from "./fixture";
import { sarif } from "./sarif";
import { obstacle, wrong } from "./schemas";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly suppressions?: readonly object[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly taxonomies: readonly {
    readonly name: string;
    readonly taxa: readonly { readonly id: string }[];
  }[];
  readonly invocations: readonly object[];
  readonly results: readonly Result[];
}

const log = sarif(fixture) as { readonly runs: readonly [Run] };
const [run] = log.runs;

describe("sarif", () => {
  it("validates against the schema of SARIF 2.1.0", async ({ skip }) => {
    const missing = await obstacle();
    if (missing) skip(missing);
    expect(await wrong("sarif", log)).toEqual([]);
    const [first, ...others] = run.results;
    const broken = { ...run, results: [{ ...first, kind: "maybe" }, ...others] };
    expect(await wrong("sarif", { ...log, runs: [broken] })).toHaveLength(1);
  });

  it("gives each status its kind, its level and its rule", () => {
    expect(run.results.map(({ ruleId, kind, level }) => [ruleId, kind, level])).toEqual([
      ["KV-01", "fail", "error"],
      ["KV-01", "fail", "error"],
      ["KV-01", "pass", "none"],
      ["KV-01", "pass", "none"],
      ["KV-02", "fail", "error"],
      ["KV-10", "open", "none"],
      ["ST-01", "pass", "none"],
      ["AKS-01", "notApplicable", "none"],
    ]);
    for (const { ruleId, ruleIndex } of run.results)
      expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });

  it("notifies of each waiver that is over, which fails the audit", () => {
    const text = "waiver W-0 of KV-02 is over since 2026-02-01: fix what it covered, or decide again";
    expect(run.invocations).toMatchObject([
      {
        executionSuccessful: true,
        toolExecutionNotifications: [{ level: "error", message: { text } }],
      },
    ]);
  });

  it("suppresses what is waived and nothing else", () => {
    expect(run.results.filter(({ suppressions }) => suppressions)).toMatchObject([
      { ruleId: "KV-02", suppressions: [{ kind: "external", status: "accepted" }] },
    ]);
  });

  it("names the line and the resource", () => {
    expect(run.results[0]).toMatchObject({
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "components/azure/vault.ts" },
            region: { startLine: 52 },
          },
          logicalLocations: [{ fullyQualifiedName: fixture.entries[0]?.urn, kind: "resource" }],
        },
      ],
    });
  });

  it("points from rules to controls of its own taxonomies, and says which mappings are proposed", () => {
    expect(run.taxonomies.map(({ name, taxa }) => [name, taxa.map(({ id }) => id)])).toEqual([
      ["NIST SP 800-53 r5", ["AC-3(7)"]],
      ["Microsoft cloud security benchmark v1", ["DP-8", "IM-1"]],
      ["CIS Microsoft Azure Foundations 6.0.0", ["8.10", "8.2"]],
    ]);
    expect(run.tool.driver.rules[1]).toMatchObject({
      relationships: [
        { target: { id: "DP-8", toolComponent: { name: "Microsoft cloud security benchmark v1" } } },
        { description: { text: expect.stringContaining("proposed") } },
      ],
    });
    expect(JSON.stringify(run.tool.driver.rules[4])).not.toContain("proposed");
  });

  it("keeps the fingerprint of a finding while its message, line and time change", () => {
    const moved = fixture.entries.map((entry) => ({ ...entry, why: "otherwise", source: "a.ts:1" }));
    const later = sarif({ ...fixture, time: "2027-01-01T00:00:00.000Z", entries: moved }) as typeof log;
    const prints = (results: readonly Result[]) => results.map((each) => each.partialFingerprints);
    expect(prints(later.runs[0].results)).toEqual(prints(run.results));
    expect(new Set(prints(run.results).map((each) => each["ruleAndResource/v1"])).size).toBe(8);
  });
});
