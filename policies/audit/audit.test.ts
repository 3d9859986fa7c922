import { describe, expect, it, vi } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import { type Properties, secret, UNKNOWN } from "../../protocol/properties";
import { makeUrn } from "../../protocol/urn";
import { is, matches, never, not } from "../conditions";
import { contextOf } from "../context";
import { fromState } from "../resource";
import type { Rule } from "../rule";
import { type Waiver, Waivers } from "../waivers";
import { audit, failing } from "./audit";
import { csv } from "./csv";
import { digestOf } from "./digest";
import { html } from "./html";
import { junit } from "./junit";
import type { Audit, Subject } from "./model";
import { oscal } from "./oscal";
import { sarif } from "./sarif";

const type = "azure-native:keyvault:Vault";
const password = "hunter2-and-more";

// Rules of the test's own: those of the catalogue change, and what an audit makes of any rule does not.
const rules = vi.hoisted(() => [] as Rule[]);
vi.mock("../all", () => ({ rules }));

const rule = { scope: "resource", severity: "high", environments: "all", types: [type] } as const;
const text = (name: string) => ({ name, description: `${name} holds.`, remediation: `Fix ${name}.` });
rules.push(
  { ...rule, ...text("purge"), id: "KV-01", environments: "production", check: is("purge", true) },
  { ...rule, ...text("network"), id: "KV-02", severity: "critical", check: is("network", "Deny") },
  { ...rule, ...text("password"), id: "KV-03", severity: "low", check: matches("password", /^x/) },
  { ...rule, ...text("absent"), id: "ST-01", types: ["a:b:C"], check: never("it is there") },
  { ...rule, ...text("broken"), id: "ST-02", when: not(is("purge", true), "it purges"), check: is("x", 1) },
  {
    ...text("names"),
    id: "ENV-01",
    scope: "across",
    severity: "critical",
    environments: "all",
    check: (stacks) =>
      stacks.map(({ stack }) => ({ urn: stack.urn, verdict: "fail" as const, why: "one name for two" })),
  },
);

const vault = (stack: string, name: string, inputs: Properties): ResourceState => ({
  urn: makeUrn(stack, "ecluse", type, name),
  custom: true,
  type,
  inputs: { password: secret(password), ...inputs },
  sourcePosition: "project:///components/azure/vault.ts#52,3",
});

const subject = (stack: string, ...resources: readonly ResourceState[]): Subject => ({
  stack,
  context: contextOf(stack, undefined),
  judged: "plan",
  time: "2026-03-04T05:06:07.000Z",
  resources,
});

const waiver: Waiver = {
  id: "W-1",
  rule: "KV-02",
  urnPattern: "*::old",
  reason: "it is replaced in May",
  risk: "some",
  owner: "ana",
  approver: "bo",
  ticket: "OPS-7",
  created: "2026-03-01",
  expiresOn: "2026-05-31",
};

const origin = {
  ...{ time: "2026-03-04T05:06:08.000Z", commit: "c", changedFiles: [], by: "ana" },
  versions: { ecluse: "0.1.0" },
};
const today = "2026-03-04";
const judge = (...subjects: readonly Subject[]): Audit =>
  audit(subjects, new Waivers([waiver], today), origin);
const one = subject(
  "prod",
  vault("prod", "good", { purge: true, network: "Deny" }),
  vault("prod", "bad", { purge: false, network: UNKNOWN }),
  vault("prod", "old", { purge: UNKNOWN, network: "Allow" }),
);

describe("audit", () => {
  const found = judge(one);

  it("keeps every result, with the line of the program and the waiver", () => {
    const rows = found.entries.map(({ rule, kind, urn, waiver }) => [
      rule,
      urn.split("::").at(-1),
      kind,
      waiver?.id,
    ]);
    expect(rows.filter(([id]) => ["KV-01", "KV-02", "ST-01"].includes(String(id)))).toEqual([
      ["KV-01", "good", "pass", undefined],
      ["KV-01", "bad", "fail", undefined],
      ["KV-01", "old", "open", undefined],
      ["KV-02", "good", "pass", undefined],
      ["KV-02", "bad", "open", undefined],
      ["KV-02", "old", "fail", "W-1"],
      ["ST-01", "prod", "notApplicable", undefined],
    ]);
    expect(found.entries[1]?.source).toBe("components/azure/vault.ts:52");
  });

  it("counts what is waived apart from what fails", () => {
    const kinds = found.entries.map(({ kind, waiver }) => (waiver ? "waived" : kind));
    const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
    expect(found.totals).toEqual({
      pass: count("pass"),
      fail: count("fail"),
      open: count("open"),
      notApplicable: count("notApplicable"),
      waived: 1,
    });
    expect(found.totals.pass).toBe(2);
  });

  it("fails from a severity on, for what is mandatory and not waived", () => {
    const ids = (from: Parameters<typeof failing>[1], audited = found) =>
      failing(audited, from).map(({ rule }) => rule);
    expect(ids("critical")).toEqual([]);
    expect(ids("high")).toEqual(["KV-01", "ST-02"]);
    expect(ids("low")).toEqual(["KV-01", "KV-03", "KV-03", "KV-03", "ST-02"]);
    expect(ids("critical", audit([one], new Waivers([], today), origin))).toEqual(["KV-02"]);
    const advice = {
      ...found,
      entries: found.entries.map((entry) => ({ ...entry, level: "advisory" as const })),
    };
    expect(ids("low", advice)).toEqual([]);
  });

  it("compares stacks only where there are two", () => {
    expect(found.entries.some(({ rule }) => rule === "ENV-01")).toBe(false);
    const both = judge(one, subject("dev", vault("dev", "good", { purge: true, network: "Deny" })));
    expect(failing(both, "critical").map(({ rule }) => rule)).toEqual(["ENV-01", "ENV-01"]);
    expect(html(found)).toContain("fewer than two were given");
    expect(html(both)).not.toContain("fewer than two were given");
  });

  it("gives the hash of the resources that it judged, whenever it did", () => {
    const hash = (subject: Subject) => judge(subject).stacks[0]?.sha256;
    expect(hash(one)).toBe(digestOf(one.resources.map(fromState)));
    expect(hash({ ...one, time: "2030-01-01T00:00:00.000Z" })).toBe(hash(one));
  });

  it("says of a state, and of no plan, that what is open there may be sealed", () => {
    const why = (judged: Subject["judged"]) =>
      judge({ ...one, judged }).entries.filter(({ kind }) => kind === "open")[0]?.why;
    expect(why("plan")).toBe("purge is not known yet");
    expect(why("state")).toMatch(/^purge is not known yet \(a state seals its secrets, /);
  });

  it("has no secret in any format, though a rule fails on it", () => {
    const about = found.entries.filter(({ rule, kind }) => rule === "KV-03" && kind === "fail");
    expect(about.map(({ why }) => why)).toEqual(
      Array(3).fill("password is a secret, and must be of the form ^x"),
    );
    const reports = [
      html(found),
      junit(found),
      csv(found),
      ...[found, sarif(found), oscal(found)].map((each) => JSON.stringify(each)),
    ];
    for (const report of reports) {
      expect(report).toContain("is a secret");
      expect(report).not.toContain(password);
    }
  });
});
