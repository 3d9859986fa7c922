import type { Waiver } from "../waivers";
import type { Audit, Entry, Unjudged } from "./model";
import { overText, statuses, statusOf, unjudgedText } from "./status";

const escaped = (text: string) =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uFFFD]/gu, (character) => (character.length > 1 ? character : " "))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const skips = ["waived", "open", "notApplicable"];

function body(entry: Entry): string {
  const { why, waiver, severity } = entry;
  const status = statusOf(entry);
  const said = waiver ? `until ${waiver.expiresOn}: ${waiver.reason}` : why;
  const grave = status === "violation" || status === "advisory" ? `, ${severity}` : "";
  const message = escaped(`${statuses[status].label}${grave}: ${said}`);
  if (status === "violation") return `<failure type="${severity}" message="${message}"/>`;
  if (status === "advisory") return `<system-out>${message}</system-out>`;
  return skips.includes(status) ? `<skipped message="${message}"/>` : "";
}

/** How many cases there are, and how many of them fail, cannot be decided and are skipped. */
function counts(entries: readonly Entry[], errors = 0, over = 0): string {
  const of = (...wanted: string[]) => entries.filter((entry) => wanted.includes(statusOf(entry))).length;
  const [tests, failures] = [entries.length + errors + over, of("violation") + over];
  return `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${of(...skips)}"`;
}

/** A stack that could not be planned is a suite that breaks. */
function brokenSuite(unjudged: Unjudged, time: string): string {
  const named = `name="${escaped(unjudged.stack)}" timestamp="${escaped(time)}"`;
  const error = `<error message="${escaped(unjudgedText(unjudged))}"/>`;
  return (
    `  <testsuite ${named} ${counts([], 1)}>\n    <testcase classname="audit" ` +
    `name="plan">${error}</testcase>\n  </testsuite>\n`
  );
}

/** Waivers that are over fail the audit, whatever was judged: a suite of their own. */
function overSuite(over: readonly Waiver[], time: string): string {
  if (over.length === 0) return "";
  const lines = over.map((waiver) => {
    const failure = `<failure message="${escaped(overText(waiver))}"/>`;
    return `    <testcase classname="waiver" name="${escaped(waiver.id)}">${failure}</testcase>\n`;
  });
  const named = `name="waivers" timestamp="${escaped(time)}"`;
  return `  <testsuite ${named} ${counts([], 0, over.length)}>\n${lines.join("")}  </testsuite>\n`;
}

/**
 * The audit as a JUnit report: a suite for each stack, a case for each rule and resource; advisory violations are
 * output, not failures.
 */
export function junit({ stacks, unjudged, entries, rules, waivers: { over }, time }: Audit): string {
  const says = new Map(rules.map(({ id, description }) => [id, description]));
  const suites = stacks.map(({ stack }) => {
    const cases = entries.filter((entry) => entry.stack === stack);
    const lines = cases.map((entry) => {
      const file = entry.source ? ` file="${escaped(entry.source)}"` : "";
      const of = escaped(`${entry.rule} ${says.get(entry.rule)}`);
      return `    <testcase classname="${of}" name="${escaped(entry.urn)}"${file}>${body(entry)}</testcase>\n`;
    });
    const named = `name="${escaped(stack)}" timestamp="${escaped(time)}"`;
    return `  <testsuite ${named} ${counts(cases)}>\n${lines.join("")}  </testsuite>\n`;
  });
  const all = [...unjudged.map((each) => brokenSuite(each, time)), overSuite(over, time), ...suites];
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="ecluse audit" ` +
    `${counts(entries, unjudged.length, over.length)}>\n${all.join("")}</testsuites>\n`
  );
}
