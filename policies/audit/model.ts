import type { ResourceState } from "../../local/engine/document";
import type { Context } from "../context";
import type { Control } from "../controls";
import type { Coverage } from "../coverage";
import type { Level, Result } from "../judge";
import type { RuleText, Severity } from "../rule";
import type { Stack } from "../stack";
import type { Waiver } from "../waivers";
import type { AuditDiff } from "./diff";
import type { OperationEvidence } from "./operation";
import type { SecretAge } from "./secretAges";

/** The formats that an audit is written in. */
export const auditFormats = ["html", "oscal", "sarif", "junit", "csv", "json"] as const;

/** One of them. */
export type AuditFormat = (typeof auditFormats)[number];

/** What an audit judges: the resources of a stack, as planned or as a state has them. */
export interface Subject {
  readonly stack: string;
  readonly context: Context;
  readonly judged: "plan" | "state";
  /** When the plan was made, or the state saved; RFC 3339. */
  readonly time: string;
  readonly resources: readonly ResourceState[];
  /** SHA-256 of the bytes of the file that a state was read from. */
  readonly fileSha256?: string;
}

/** A subject whose resources are as rules read them. */
export type Judging = Omit<Subject, "stack" | "resources"> & { readonly stack: Stack };

/** What was judged, for who asks later whether it was this. */
export interface JudgedStack {
  readonly stack: string;
  readonly judged: "plan" | "state";
  readonly time: string;
  readonly tier: string;
  readonly resources: number;
  /** SHA-256 of everything that rules read of the resources, their secrets blanked. */
  readonly sha256: string;
  /** SHA-256 of the bytes of the state's file, as `sha256sum` has it; a plan has none. */
  readonly fileSha256?: string;
}

/** A stack that was asked for and could not be planned. */
export interface Unjudged {
  readonly stack: string;
  readonly why: string;
}

/** What one rule says of one resource. */
export interface Entry {
  readonly rule: string;
  readonly kind: Result["kind"];
  readonly severity: Severity;
  readonly level: Level;
  readonly stack: string;
  readonly urn: string;
  /** The line of the program that made the resource. */
  readonly source?: string;
  /** The reason; of a pass what was seen, where the rule reads a value. */
  readonly why: string;
  readonly waiver?: Waiver;
}

/** What one rule is, and the controls that it is evidence for. */
export type RuleEntry = Pick<
  RuleText,
  "id" | "name" | "severity" | "environments" | "description" | "remediation" | "deviation"
> & { readonly controls: readonly Control[] };

/** Everything that an audit found. The same input gives the same audit, but for `time`. */
export interface Audit {
  readonly time: string;
  readonly commit: string;
  /** Files that the audit reads and that are not as the commit has them. */
  readonly changedFiles: readonly string[];
  /** Login of whoever started it. */
  readonly by: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Stacks that have a file here and were not asked for. */
  readonly excluded: readonly string[];
  readonly stacks: readonly JudgedStack[];
  readonly unjudged: readonly Unjudged[];
  readonly rules: readonly RuleEntry[];
  readonly entries: readonly Entry[];
  readonly waivers: { readonly over: readonly Waiver[]; readonly unused: readonly Waiver[] };
  readonly totals: Readonly<Record<Result["kind"] | "waived", number>>;
  /** What rules are evidence for in each framework, and what no rule covers. */
  readonly coverage: readonly Coverage[];
  /** Secrets and keys of the stacks, with their age. */
  readonly secrets: readonly SecretAge[];
  /** What happened in operation; missing where nobody gave it. */
  readonly operation?: OperationEvidence;
  /** The audit before this one, where it was given. */
  readonly previous?: Previous;
}

/** An earlier audit, and what changed since. */
export interface Previous {
  readonly time: string;
  readonly commit: string;
  readonly difference: AuditDiff;
}

/** What only the caller knows: when, of which commit, with which versions and by which login. */
export type Origin = Pick<Audit, "time" | "commit" | "changedFiles" | "by" | "versions">;

/** What was asked for beside the stacks. */
export interface Request {
  readonly unjudged?: readonly Unjudged[];
  readonly excluded?: readonly string[];
  readonly operation?: OperationEvidence;
}
