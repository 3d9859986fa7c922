import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { statePath } from "../local/engine/state";
import { homeFolder } from "../local/home";
import { rules } from "../policies/all";
import { audit, failing } from "../policies/audit/audit";
import { csv } from "../policies/audit/csv";
import { diff, parseAudit } from "../policies/audit/diff";
import { evidence } from "../policies/audit/evidence";
import { html } from "../policies/audit/html";
import { junit } from "../policies/audit/junit";
import {
  type Audit,
  type AuditFormat,
  auditFormats,
  type Subject,
  type Unjudged,
} from "../policies/audit/model";
import { joined, parseOperation } from "../policies/audit/operation";
import { oscal } from "../policies/audit/oscal";
import { sarif } from "../policies/audit/sarif";
import { unjudgedText } from "../policies/audit/status";
import { stateSubject } from "../policies/audit/subjects";
import { contextOfStack } from "../policies/context";
import { type Severity, severities } from "../policies/rule";
import { readWaivers } from "../policies/waivers";
import { diffText, summary } from "./auditSummary";
import { operate } from "./deploy";
import { print, printJson, type Session } from "./session";
import { backendFolder, localStacks, passphraseOf, stackNames, targetOf, UserError } from "./stacks";

/** The options of `audit`. */
export interface AuditOptions {
  /** Files; `true` for the states of this machine's platform. */
  readonly state?: readonly string[] | true;
  readonly evidence?: readonly string[];
  readonly previous?: string;
  readonly format?: string;
  readonly out: string;
  readonly failOn: string;
  readonly json?: boolean;
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

/** How each format is written, and under which name. */
const formats: Readonly<Record<AuditFormat, readonly [file: string, write: (audit: Audit) => string]>> = {
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

function formatsOf(list = ""): AuditFormat[] {
  return list
    .split(",")
    .filter(Boolean)
    .map((name) => {
      const found = auditFormats.find((format) => format === name);
      if (found) return found;
      throw new UserError(`--format ${name}: use some of ${auditFormats.join(",")}`);
    });
}

/** What a stack would be, as its program says; no cloud is asked. */
async function planSubject(stack: string, { progress, signal }: Session): Promise<Subject> {
  const context = contextOfStack(stack);
  const work = () => operate("preview", stack, progress, { signal, analyzer: undefined });
  const { steps } = await progress.step(`preview ${stack}`, work);
  const resources = steps.flatMap(({ newState }) => newState ?? []);
  return { stack, context, judged: "plan", time: new Date().toISOString(), resources };
}

/** Where the states of this machine's platform are. */
function localStates(): string[] {
  const files = localStacks().map(({ stack }) => statePath(backendFolder(), stack));
  const there = files.filter((file) => existsSync(file));
  if (there.length === 0) throw new UserError("--state: this machine has no platform: npm start makes one");
  return there;
}

/** The passphrase of a state in this machine's home, which the audit may read as whoever runs it may. */
const ownPassphrase = (stack: string, file: string): string | undefined =>
  resolve(file) === statePath(backendFolder(), stack) ? passphraseOf(stack) : undefined;

/** The stacks of a cloud or a cluster: what runs on this machine alone is audited by name. */
const sharedStacks = () => stackNames().filter((stack) => targetOf(stack) !== "local");

/**
 * Judges stacks and states, writes the reports, and fails for violations of a severity and for waivers that are over.
 */
export async function runAudit(
  stacks: readonly string[],
  options: AuditOptions,
  session: Session,
): Promise<void> {
  const wanted = formatsOf(options.format);
  const from = severityOf(options.failOn);
  const found = await audited(stacks, options, session);
  session.progress.end();
  const written = write(found, wanted, options.out);
  if (options.json) printJson(found);
  else print(summary(found, written));
  for (const each of found.unjudged) process.stderr.write(`${unjudgedText(each)}\n`);
  if (failing(found, from).length + found.waivers.over.length + found.unjudged.length > 0)
    process.exitCode = 1;
}

/** The audit of what was asked for: plans, states, evidence, and what changed since the audit before. */
async function audited(
  stacks: readonly string[],
  options: Pick<AuditOptions, "state" | "evidence" | "previous">,
  session: Session,
): Promise<Audit> {
  const files = options.state === true ? localStates() : (options.state ?? []);
  const named = stacks.length + files.length > 0 ? stacks : sharedStacks();
  const { subjects, unjudged } = await subjectsOf(named, files, session);
  const judged = new Set([...subjects, ...unjudged].map(({ stack }) => stack));
  const operation =
    options.evidence && joined(options.evidence.map((file) => parseOperation(file, textOf(file))));
  const now = audit(subjects, readWaivers(rules), await evidence(), {
    ...{ unjudged, excluded: stackNames().filter((name) => !judged.has(name)) },
    ...(operation && { operation }),
  });
  return options.previous ? since(options.previous, now) : now;
}

/** Writes an audit in these formats, and gives the files' names. */
function write(found: Audit, wanted: readonly AuditFormat[], folder: string): string[] {
  if (wanted.length > 0) mkdirSync(folder, { recursive: true });
  return wanted.map((name) => {
    const [file, format] = formats[name];
    writeFileSync(join(folder, file), format(found));
    return join(folder, file);
  });
}

/** Audits the states of this machine's platform into its home, and says in a line what was found. */
export async function auditPlatform(session: Session): Promise<string> {
  const found = await audited([], { state: true }, session);
  const folder = join(homeFolder(), "audit");
  write(found, ["html", "json"], folder);
  const count = failing(found, "low").length;
  return `Audit: ${found.entries.length} findings, ${count} violations: ${join(folder, "audit.html")}`;
}

/**
 * What is to be judged. A stack that cannot be planned must not hide what the others are; it fails the audit at its
 * end.
 */
async function subjectsOf(stacks: readonly string[], files: readonly string[], session: Session) {
  const subjects: Subject[] = [];
  const unjudged: Unjudged[] = [];
  for (const stack of stacks)
    await planSubject(stack, session).then(
      (subject) => subjects.push(subject),
      (error: Error) => unjudged.push({ stack, why: error.message }),
    );
  for (const file of files) subjects.push(await stateSubject(file, ownPassphrase));
  const names = subjects.map(({ stack }) => stack);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice)
    throw new UserError(
      `${twice} is given twice: audit one plan or one state of it, and compare two by audit diff`,
    );
  return { subjects, unjudged };
}

/** An audit with what changed since an earlier one, which a file has. */
function since(file: string, now: Audit): Audit {
  const before = parseAudit(file, textOf(file));
  return { ...now, previous: { time: before.time, commit: before.commit, difference: diff(before, now) } };
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
