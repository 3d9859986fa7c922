import { describe, expect, it } from "vitest";
import { diff } from "../policies/audit/diff";
import { fixture } from "../policies/audit/fixture";
import type { Entry } from "../policies/audit/model";
import { diffText } from "./auditSummary";

describe("diffText", () => {
  it("says that nothing changed", () => {
    expect(diffText(diff(fixture, fixture))).toBe("No finding changed.");
  });

  it("names rules and stacks that came, went or changed", () => {
    const [prod, ...others] = fixture.stacks.toReversed();
    const changed = [...others, { ...prod, sha256: "c".repeat(64) } as (typeof fixture.stacks)[number]];
    const text = diffText(diff(fixture, { ...fixture, rules: fixture.rules.slice(1), stacks: changed }));
    expect(text).toContain("rules removed: ENV-01");
    expect(text).toContain("stacks that changed: prod");
  });

  it("writes a table of the findings", () => {
    const brief = { ...(fixture.entries[0] as Entry), why: "it is off" };
    const before = { ...fixture, entries: [{ ...brief, kind: "pass" as const, why: "" }] };
    expect(diffText(diff(before, { ...fixture, entries: [brief] })).split("\n")).toEqual([
      "what  rule   stack  resource  before  after      why",
      "────  ─────  ─────  ────────  ──────  ─────────  ─────────",
      "new   KV-01  prod   vault     pass    violation  it is off",
    ]);
  });
});
