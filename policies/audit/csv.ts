import { titleOf } from "../coverage";
import { policyName } from "../rule";
import type { Waiver } from "../waivers";
import type { Audit, Entry, RuleEntry } from "./model";
import { overText, statuses, statusOf } from "./status";

/** What a spreadsheet would take for a formula, or strip before it does. */
const formula = /^[=+\-@\t\r]/;

/** A cell as RFC 4180 has it; a text that would run in a spreadsheet begins with an apostrophe. */
function cell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const heads = [
  "stack",
  "judged",
  "status",
  "severity",
  "level",
  "rule",
  "holds when",
  "found",
  "urn",
  "source",
  "how to fix",
  "controls",
  "titles of controls",
  "waiver",
  "waived until",
  "commit",
  "time",
] as const;

type Row = Partial<Readonly<Record<(typeof heads)[number], string>>>;

function entryRow(entry: Entry, rule: RuleEntry | undefined): Row {
  const { stack, severity, level, why, urn, source, waiver } = entry;
  return {
    stack,
    status: statuses[statusOf(entry)].label,
    severity,
    level,
    rule: rule ? policyName(rule) : entry.rule,
    "holds when": rule?.description,
    found: why,
    urn,
    source,
    "how to fix": rule?.remediation,
    controls: rule?.controls
      .map(({ framework, id, proposed }) => `${framework}:${id}${proposed ? " (proposed)" : ""}`)
      .join("; "),
    "titles of controls": rule?.controls.flatMap((control) => titleOf(control) ?? []).join("; "),
    waiver: waiver?.id,
    "waived until": waiver?.expiresOn,
  };
}

/** A waiver that is over, which fails the audit. */
const overRow = (waiver: Waiver, rule: RuleEntry | undefined): Row => ({
  status: "Waiver over",
  rule: rule ? policyName(rule) : waiver.rule,
  found: overText(waiver),
  waiver: waiver.id,
  "waived until": waiver.expiresOn,
});

/**
 * The audit as a table for spreadsheets: a line for each finding, each stack that could not be judged and each waiver
 * that is over.
 */
export function csv({ entries, rules, stacks, unjudged, waivers, commit, time }: Audit): string {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const judged = new Map(stacks.map(({ stack, judged }) => [stack, judged]));
  const rows: readonly Row[] = [
    ...unjudged.map(({ stack, why }) => ({ stack, status: statuses.notJudged.label, found: why })),
    ...waivers.over.map((waiver) => overRow(waiver, byId.get(waiver.rule))),
    ...entries.map((entry) => ({
      ...entryRow(entry, byId.get(entry.rule)),
      judged: judged.get(entry.stack),
    })),
  ];
  const lines = rows.map((row) => {
    const all: Row = { ...row, commit, time };
    return heads.map((head) => cell(all[head] ?? "")).join(",");
  });
  return [heads.join(","), ...lines].map((line) => `${line}\r\n`).join("");
}
