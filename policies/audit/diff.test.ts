import { describe, expect, it } from "vitest";
import { type Change, diff, parseAudit } from "./diff";
import { fixture } from "./fixture";
import type { Audit, Entry } from "./model";

const [mandatory, advisory, passing, , waived, open, , inapplicable] = fixture.entries as readonly [
  Entry,
  Entry,
  Entry,
  Entry,
  Entry,
  Entry,
  Entry,
  Entry,
];

const having = (...entries: readonly Entry[]): Audit => ({ ...fixture, entries });
const passed = (entry: Entry): Entry => ({ ...entry, kind: "pass", why: "" });
const way = ({ rule, before, after }: Change) => [rule, before, after];

describe("diff", () => {
  it("finds nothing between equal audits, whatever the time", () => {
    const none = { added: [], removed: [] };
    const later = { ...fixture, time: "2027-01-01T00:00:00.000Z", commit: "f" };
    const found = diff(fixture, later);
    expect(found).toEqual({
      violations: [],
      solved: [],
      changed: [],
      rules: none,
      stacks: { ...none, changed: [] },
    });
  });

  it("lists new violations: of what passed, of what was waived, of a new resource, and of what was advice", () => {
    const now = { ...mandatory, urn: "urn:pulumi:prod::ecluse::a:b:C::new" };
    const { waiver: _, ...uncovered } = waived;
    const before = having(passed(mandatory), waived, { ...open });
    const found = diff(before, having(mandatory, uncovered, open, now));
    expect(found.violations.map(way)).toEqual([
      ["KV-01", "pass", "violation"],
      ["KV-02", "waived", "violation"],
      ["KV-01", "absent", "violation"],
    ]);
    expect([found.solved, found.changed]).toEqual([[], []]);
    const hardened = diff(having(advisory), having({ ...advisory, level: "mandatory" }));
    expect(hardened.violations.map(way)).toEqual([["KV-01", "advisory", "violation"]]);
  });

  it("lists solved ones: fixed, waived, or gone", () => {
    const { waiver: _, ...uncovered } = waived;
    const found = diff(having(mandatory, uncovered, advisory), having(passed(mandatory), waived));
    expect(found.solved.map(way)).toEqual([
      ["KV-01", "violation", "pass"],
      ["KV-02", "violation", "waived"],
      ["KV-01", "advisory", "absent"],
    ]);
    expect(found.violations).toEqual([]);
  });

  it("lists other changes of kind, but no pass that came or went", () => {
    const found = diff(having(open, passing), having(passed(open), inapplicable));
    expect(found.changed.map(way)).toEqual([["KV-10", "open", "pass"]]);
    expect(diff(having(), having(open, waived)).changed.map(way)).toEqual([
      ["KV-10", "absent", "open"],
      ["KV-02", "absent", "waived"],
    ]);
  });

  it("lists rules and stacks that came, went or changed", () => {
    const [dev, prod] = fixture.stacks as readonly [Audit["stacks"][0], Audit["stacks"][0]];
    const before = { ...fixture, rules: fixture.rules.slice(0, 3), stacks: [dev, prod] };
    const after = {
      ...fixture,
      rules: fixture.rules.slice(1, 4),
      stacks: [
        { ...prod, sha256: "c".repeat(64) },
        { ...dev, stack: "staging" },
      ],
    };
    const found = diff(before, after);
    expect(found.rules).toEqual({ added: ["KV-10"], removed: ["ENV-01"] });
    expect(found.stacks).toEqual({ added: ["staging"], removed: ["dev"], changed: ["prod"] });
  });

  it("reads what the audit wrote, and refuses anything else by name", () => {
    expect(parseAudit("a.json", JSON.stringify(fixture))).toEqual(fixture);
    expect(() => parseAudit("a.json", "<html>")).toThrow(/^a.json: it is no JSON/);
    for (const text of ["null", "{}", '{"stacks": [], "rules": [], "entries": {}}'])
      expect(() => parseAudit("b.json", text)).toThrow(
        /^b.json: \w+ is no list: give an audit.json of --format json$/,
      );
  });
});
