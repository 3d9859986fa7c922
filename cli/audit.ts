import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Audit, audit, type Entry, failing, type Subject, type Unjudged } from "../audit/audit";
import { csv } from "../audit/csv";
import { diff, diffText, parseAudit } from "../audit/diff";
import { evidence } from "../audit/evidence";
import { html } from "../audit/html";
import { junit } from "../audit/junit";
import { oscal } from "../audit/oscal";
import { sarif } from "../audit/sarif";
import { type Status, statusOf, unjudgedText } from "../audit/status";
import { stateSubject } from "../audit/subjects";
import { rules } from "../policies/all";
import { contextOfStack } from "../policies/context";
import { type Severity, severities } from "../policies/rule";
import { readWaivers } from "../policies/waivers";
import { operate } from "./deploy";
import { print, printJson, type Session } from "./session";
import { stackNames, targetOf, UserError } from "./stacks";
import { table } from "./table";

/** The options of `audit`. */
export interface AuditOptions {
  readonly state?: readonly string[];
  readonly format?: string;
  readonly out: string;
  readonly failOn: string;
  readonly json?: boolean;
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

/** How each format is written, and under which name. */
const formats: Readonly<Record<string, readonly [file: string, write: (audit: Audit) => string]>> = {
  html: ["audit.html", html],
  oscal: ["audit.oscal.json", (audit) => json(oscal(audit))],
  sarif: ["audit.sarif", (audit) => json(sarif(audit))],
  junit: ["audit.junit.xml", junit],
  csv: ["audit.csv", csv],
  json: ["audit.json", json],
};

function severityOf(text: string): Severity {
  const found = severities.find((severity) => severity === text);
  if (found) return found;
  throw new UserError(`--fail-on ${text}: use one of ${severities.toReversed().join(", ")}`);
}

function formatsOf(list = ""): string[] {
  const names = list.split(",").filter(Boolean);
  const wrong = names.find((name) => !formats[name]);
  if (wrong) throw new UserError(`--format ${wrong}: use some of ${Object.keys(formats).join(",")}`);
  return names;
}

/** What a stack would be, as its program says; no cloud is asked. */
async function planSubject(stack: string, { progress, signal }: Session): Promise<Subject> {
  const context = contextOfStack(stack);
  const work = () => operate("preview", stack, progress, { signal, analyzer: undefined });
  const { steps } = await progress.step(`preview ${stack}`, work);
  const resources = steps.flatMap(({ newState }) => newState ?? []);
  return { stack, context, judged: "plan", time: new Date().toISOString(), resources };
}

/** The stacks of a cloud or a cluster: what runs on this machine alone is audited by name. */
const sharedStacks = () => stackNames().filter((stack) => targetOf(stack) !== "local");

/** Judges stacks and states, writes the reports, and fails for violations of a severity and for waivers that are over. */
export async function runAudit(
  stacks: readonly string[],
  options: AuditOptions,
  session: Session,
): Promise<void> {
  const wanted = formatsOf(options.format);
  const from = severityOf(options.failOn);
  const files = options.state ?? [];
  const named = stacks.length + files.length > 0 ? stacks : sharedStacks();
  const { subjects, unjudged } = await subjectsOf(named, files, session);
  const found = audit(subjects, readWaivers(rules), await evidence(), unjudged);
  session.progress.end();
  if (wanted.length > 0) mkdirSync(options.out, { recursive: true });
  const written = wanted.map((name) => {
    const [file, write] = formats[name] as (typeof formats)[string];
    writeFileSync(join(options.out, file), write(found));
    return join(options.out, file);
  });
  if (options.json) printJson(found);
  else print(summary(found, written));
  for (const each of unjudged) process.stderr.write(`${unjudgedText(each)}\n`);
  if (failing(found, from).length + found.waivers.over.length + unjudged.length > 0) process.exitCode = 1;
}

/** What is to be judged. A stack that cannot be planned must not hide what the others are; it fails the audit at its end. */
async function subjectsOf(stacks: readonly string[], files: readonly string[], session: Session) {
  const subjects: Subject[] = [];
  const unjudged: Unjudged[] = [];
  for (const stack of stacks)
    await planSubject(stack, session).then(
      (subject) => subjects.push(subject),
      (error: Error) => unjudged.push({ stack, why: error.message }),
    );
  for (const file of files) subjects.push(await stateSubject(file));
  const names = subjects.map(({ stack }) => stack);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice)
    throw new UserError(
      `${twice} is given twice: audit one plan or one state of it, and compare two by audit diff`,
    );
  return { subjects, unjudged };
}

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
function summary(found: Audit, written: readonly string[]): string {
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
    ...over.map(
      ({ id, expiresOn }) => `waiver ${id} is over since ${expiresOn}: mend what it covered, or decide anew`,
    ),
    ...unused.map(({ id }) => `waiver ${id} covers nothing here: remove it if that is so for every stack`),
    written.length > 0 && `written: ${written.join(", ")}`,
    "A plan is what the program asks for, a state what Pulumi last saw: neither proves what the cloud is now.",
  ];
  return parts.filter(Boolean).join("\n\n");
}

/** Prints what changed from one audit to a later one, both as `--format json` wrote them; fails for new violations. */
export function runAuditDiff(before: string, after: string, { json }: { readonly json?: boolean }): void {
  const read = (file: string) => parseAudit(file, textOf(file));
  const found = diff(read(before), read(after));
  if (json) printJson(found);
  else print(diffText(found));
  if (found.violations.length > 0) process.exitCode = 1;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `${file}: ${(error as Error).message}: give an audit.json of ecluse audit --format json`,
    );
  }
}
