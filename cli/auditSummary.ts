import type { AuditDiff, Change } from "../policies/audit/diff";
import type { Audit, Entry } from "../policies/audit/model";
import { overText, type Status, statusOf } from "../policies/audit/status";
import { severities } from "../policies/rule";
import { table } from "./table";

/** The statuses that are counted, with their column. */
const columns: Partial<Record<Status, string>> = {
  violation: "violated",
  advisory: "advisory",
  waived: "waived",
  open: "open",
  pass: "pass",
  notApplicable: "not applicable",
};

const levelName = ({ waiver, level }: Entry) => (waiver ? "waived" : level);

/** One violation: what, where, and below it why. */
function violation(entry: Entry): string {
  const { severity, rule, stack, urn, source, why } = entry;
  const where = `${stack}: ${urn.split("::").at(-1)}${source ? ` (${source})` : ""}`;
  return `${levelName(entry).padEnd(9)}  ${severity.padEnd(8)}  ${rule.padEnd(6)}  ${where}\n${" ".repeat(29)}${why}`;
}

/** Violations, those that stop first, and the gravest of each first. */
function violations({ entries }: Audit): string[] {
  const weight = (entry: Entry) =>
    ["mandatory", "advisory", "waived"].indexOf(levelName(entry)) * 10 + severities.indexOf(entry.severity);
  const found = entries.filter(({ kind }) => kind === "fail");
  return found.sort((one, other) => weight(one) - weight(other)).map(violation);
}

/** What people read: counts, violations, waivers to look at. */
export function summary(found: Audit, written: readonly string[]): string {
  const counts = found.stacks.map(({ stack, judged, resources }) => {
    const of = (status: Status) =>
      found.entries.filter((each) => each.stack === stack && statusOf(each) === status).length;
    const numbers = (Object.keys(columns) as Status[]).map(of);
    return [stack, judged, ...[resources, ...numbers].map(String)];
  });
  const { over, unused } = found.waivers;
  const parts = [
    table([["stack", "judged", "resources", ...Object.values(columns)], ...counts]),
    violations(found).join("\n"),
    ...over.map(overText),
    ...unused.map(({ id }) => `waiver ${id} covers nothing here: remove it if that is so for every stack`),
    written.length > 0 && `written: ${written.join(", ")}`,
    "A plan is what the program asks for, a state what Pulumi last saw: neither proves what the cloud is now.",
  ];
  return parts.filter(Boolean).join("\n\n");
}

/** The changes as people read them. */
export function diffText({ violations, solved, changed, rules, stacks }: AuditDiff): string {
  const heading = ["what", "rule", "stack", "resource", "before", "after", "why"];
  const rows = (what: string, changes: readonly Change[]) =>
    changes.map(({ rule, stack, urn, before, after, why }) => [
      what,
      rule,
      stack,
      urn.split("::").at(-1) ?? "",
      before,
      after,
      why,
    ]);
  const body = [...rows("new", violations), ...rows("solved", solved), ...rows("changed", changed)];
  const list = (what: string, names: readonly string[]) => names.length > 0 && `${what}: ${names.join(", ")}`;
  const parts = [
    body.length > 0 ? table([heading, ...body]) : "No finding changed.",
    list("rules added", rules.added),
    list("rules removed", rules.removed),
    list("stacks added", stacks.added),
    list("stacks removed", stacks.removed),
    list("stacks that changed", stacks.changed),
  ];
  return parts.filter(Boolean).join("\n\n");
}
