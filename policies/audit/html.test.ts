import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { diff } from "./diff";
import { fixture, hostile } from "./fixture";
import { html } from "./html";
import { html as markup, trusted } from "./markup";
import { limits, statuses } from "./status";

const page = html(fixture);
const text = (part: string) =>
  part
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
const between = (from: string, to: string) =>
  page.slice(page.indexOf(from), page.indexOf(to, page.indexOf(from)));
const rule = (id: string) => between(`id="rule-${id}"`, "</details>");
const escapedHostile =
  "&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; &lt;img src=x " +
  "onerror=alert(2)&gt; ]]&gt;";

describe("the page", () => {
  it("is the same for the same audit", () => {
    expect(html(structuredClone(fixture))).toBe(page);
  });

  it("loads nothing, and allows its own style and script alone", () => {
    const inline = (tag: string) => new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? "";
    const hash = (part: string) => `&#39;sha256-${createHash("sha256").update(part).digest("base64")}&#39;`;
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src ${hash(inline("style"))}; script-src ` +
        `${hash(inline("script"))}; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
    );
    expect(page).not.toMatch(/<(link|img|iframe|object|embed|base|svg|video|audio)\b/);
    expect(page.slice(0, page.lastIndexOf("<script"))).not.toMatch(/<[^>]*\s(src|style|srcset|on\w+)=/);
    expect(page).not.toMatch(/url\(|@import|https?:/);
    expect(page.match(/href="([^"]*)"/g)?.every((link) => link.startsWith('href="#rule-'))).toBe(true);
  });

  it("keeps hostile text as text, wherever it stands", () => {
    expect(page.match(/<script\b/g)).toHaveLength(1);
    expect(page).not.toContain("<img");
    // In the rule's sentence (twice), a reason for a violation, the reason of a waiver, and a URN with its name.
    expect(page.split(escapedHostile)).toHaveLength(7);
    const everywhere = html({
      ...fixture,
      commit: hostile,
      versions: { [hostile]: hostile },
      stacks: fixture.stacks.map((stack) => ({ ...stack, stack: hostile, tier: hostile, time: hostile })),
      rules: fixture.rules.map((each) => ({ ...each, remediation: hostile, deviation: hostile })),
      entries: fixture.entries.map((entry) => ({ ...entry, source: hostile, why: hostile, stack: hostile })),
    });
    expect(everywhere.match(/<script\b/g)).toHaveLength(1);
    expect(everywhere).not.toContain("<img");
  });

  it("says what was judged, when, with what, and what that cannot prove", () => {
    const said = text(between('id="judged"', "</section>"));
    expect(said).toContain(limits);
    expect(said).toContain(
      "dev Tier development What was judged a plan Planned 2026-03-04T05:00:00.000Z Resources 3 SHA-256 " +
        `of the resources as rules read them, secrets left out ${"a".repeat(64)}`,
    );
    expect(said).toContain("What was judged a state Saved 2026-03-03T00:00:00+01:00");
    expect(said.match(/SHA-256 of the state's file/g)).toHaveLength(1);
    expect(said).toContain(`SHA-256 of the state's file ${"c".repeat(64)}`);
    const head = text(between("<header>", "</header>"));
    expect(head).toContain("Violations that must be fixed: 1 . Advisory: 1 . Not decided: 1 .");
    expect(head).toContain(`${fixture.time} Rules and planned program, by their commit ${fixture.commit}`);
    expect(head).toContain("ecluse 0.1.0 pulumi 3.270.0");
  });

  it("does not say that a state is of the program whose rules judged it", () => {
    const states = html({ ...fixture, stacks: fixture.stacks.filter(({ judged }) => judged === "state") });
    expect(states).toContain("<dt>Rules, by their commit</dt>");
    expect(states).not.toContain("planned program");
  });

  it("explains every kind", () => {
    const said = text(between('id="words"', "</section>"));
    for (const { label, means } of Object.values(statuses).slice(0, 6))
      expect(said).toContain(`${label} ${means}`);
  });

  it("has what is signed: scope, what is left out, period, by which login, and fields to sign in", () => {
    const said = text(between('id="sign-off"', "</section>"));
    expect(said).toContain(
      "Scope dev (development), a plan prod (production), a state Left out staging: not asked",
    );
    expect(said).toContain(`from this moment: no audit before it was given to ${fixture.time} Made by ana`);
    expect(said).toContain("Files that the commit does not have Pulumi.dev.yaml");
    expect(said).toContain("Signed off Name Date Signature Reviewer Approver");
  });

  it("names what no rule covers, with how much there is", () => {
    const said = text(between('id="coverage"', "</section>"));
    expect(said).toContain(
      "Rules are evidence for 9 of 10: all ten risks. No rule covers these 1: ML07 Transfer Learning Attack",
    );
    expect(said).toContain("evidence for 3 controls. Its publisher licenses the list");
  });

  it("shows the age of secrets, and where nobody knows it", () => {
    const said = text(between('id="secrets"', "</section>"));
    expect(said).toContain("prod prod-signing-key 2025-03-03T00:00:00Z 365 dev dev-session-key not known –");
  });

  it("has evidence of operation, or says how to collect it", () => {
    expect(text(between('id="operation"', "</section>"))).toContain("ecluse audit --evidence");
    const release = { environment: "prod", useCase: "bank-churn", version: "3", action: "released" };
    const given = html({
      ...fixture,
      operation: {
        monitorRuns: [{ environment: "prod", useCase: "bank-churn", day: "2026-03-03", status: "warning" }],
        restoreDrills: [],
        releases: [{ ...release, time: "2026-03-01T00:00:00Z", approver: "bo", reason: "better" }],
      },
    });
    const said = text(given.slice(given.indexOf('id="operation"')));
    expect(said).toContain(
      "Monitor runs: 1 Environment Use case Day Found prod bank-churn 2026-03-03 warning",
    );
    expect(said).toContain("Restore drills: 0");
    expect(said).toContain("prod bank-churn 3 released 2026-03-01T00:00:00Z bo better");
  });

  it("shows what changed since the audit before", () => {
    const before = { ...fixture, time: "2026-02-01T00:00:00Z", entries: [] };
    const difference = diff(before, fixture);
    const since = html({ ...fixture, previous: { time: before.time, commit: "abc", difference } });
    const said = text(since.slice(since.indexOf('id="changes"'), since.indexOf('id="waivers"')));
    expect(said).toContain("is of 2026-02-01T00:00:00Z, by commit abc . New violations: 2. Solved: 0.");
    expect(said).toContain("KV-01 prod vault absent violation");
    expect(page).not.toContain('id="changes"');
  });

  it("counts by severity and by area", () => {
    const said = text(between('id="totals"', "</section>"));
    expect(said).toContain(
      "Violation Advisory Open Waived Pass Not applicable critical 1 1 0 0 2 0 high 0 0 0 1 1 0",
    );
    expect(said).toContain("all 1 1 1 1 3 1");
    expect(said).toContain("KV: Key vault 1 1 1 1 2 0");
  });

  it("shows each control with its rules, their state, and which mappings are proposed", () => {
    const said = text(between('id="controls"', "</section>"));
    expect(said).toContain(
      "DP-8 Ensure security of key and certificate repository Violation KV-01 Violation KV-02 Waived proposed",
    );
    expect(said).toContain("8.2 Pass ST-01 Pass 8.10 Violation KV-01 Violation proposed");
    expect(said).toContain("IM-1 Use centralized identity and authentication system Not applicable AKS-01");
    expect(said).toContain("AC-3(7) Access Enforcement Not judged ENV-01 Not judged proposed");
  });

  it("shows of a violation what, why, how to fix and where", () => {
    const said = text(rule("KV-01"));
    expect(said).toContain("Violation critical KV-01 Vaults keep what was deleted.");
    expect(said).toContain("How to fix Fix purge-protected. Required in production; advice elsewhere");
    expect(said).toContain(
      "Microsoft cloud security benchmark v1 DP-8 CIS Microsoft Azure Foundations 6.0.0 8.10 proposed",
    );
    expect(said).toContain(
      "Where (URN) urn:pulumi:prod::ecluse::azure-native:keyvault:Vault::vault Made by the line " +
        "components/azure/vault.ts:52",
    );
  });

  it("shows waivers, and those that are over or unused", () => {
    expect(text(rule("KV-02"))).toContain(
      `Waiver W-1, from 2026-01-01 until 2026-06-01. Reason: accepted for now ${escapedHostile}. Risk: a ` +
        "vault could be emptied. Owner: ana. Approved by: bo. Ticket: OPS-7.",
    );
    const said = text(between('id="waivers"', "</section>"));
    expect(said).toContain(
      "W-0 for KV-02, owned by ana: it covers nothing any more, because it ended on 2026-02-01.",
    );
    expect(said).toContain(
      "W-9 for KV-02, owned by ana: it covers nothing in these stacks, and would end on 2026-06-01.",
    );
    expect(html({ ...fixture, waivers: { over: [], unused: [] } })).not.toContain('id="waivers"');
  });

  it("has every finding, the ones to look at first in front, and all open without its script", () => {
    const ids = [...page.matchAll(/id="rule-([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(["KV-01", "KV-10", "KV-02", "ST-01", "AKS-01", "ENV-01"]);
    expect(page.match(/<li class="finding/g)).toHaveLength(fixture.entries.length);
    expect(page.match(/<details/g)?.length).toBe(page.match(/<details [^>]*\bopen>/g)?.length);
    expect(page).toContain('<form id="filters" hidden>');
  });
});

describe("markup", () => {
  it("escapes whatever was not made by it", () => {
    expect(markup`<b title="${`"'&`}">${["<", 1, false, undefined, markup`<i>`]}</b>`.toString()).toBe(
      '<b title="&quot;&#39;&amp;">&lt;1<i></b>',
    );
  });

  it("shows characters that cannot be seen, or that turn the direction of writing", () => {
    expect(markup`${"a\u0000b\u202ec\ud800\n😀"}`.toString()).toBe("a\ufffdb\ufffdc\ufffd\n😀");
  });

  it("refuses a style sheet or a script that would end its element", () => {
    expect(() => trusted("x </style>")).toThrow("has </ or <!-- in it");
    expect(() => trusted("x <!-- y")).toThrow("has </ or <!-- in it");
  });
});
