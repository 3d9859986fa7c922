import type { Audit, Entry, JudgedStack } from "./model";
import { type Status, statusOf, worst } from "./status";

/** What one rule says of one resource, before and after; `absent` where nothing was said. */
export interface Change {
  readonly rule: string;
  readonly stack: string;
  readonly urn: string;
  readonly before: Status | "absent";
  readonly after: Status | "absent";
  readonly why: string;
}

/** What is in one of two audits only. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What changed from one audit to a later one. */
export interface AuditDiff {
  /** Violations, mandatory or advisory, that were none before. */
  readonly violations: readonly Change[];
  /** Violations that are gone: fixed, waived, or with their rule or resource. */
  readonly solved: readonly Change[];
  /** Other findings of another kind than before; passes that came or went are left out. */
  readonly changed: readonly Change[];
  readonly rules: Difference;
  /**
   * A stack is changed when what rules read of its resources is other, its tier too, or a state was judged in place
   * of a plan.
   */
  readonly stacks: Difference & { readonly changed: readonly string[] };
}

/**
 * Reads an audit as `--format json` wrote it.
 * @throws Error that names the file for one that is none.
 */
export function parseAudit(file: string, text: string): Audit {
  let audit: Partial<Audit> | null;
  try {
    audit = JSON.parse(text) as Partial<Audit> | null;
  } catch (error) {
    throw new Error(
      `${file}: it is no JSON (${(error as Error).message}): give an audit.json of --format json`,
    );
  }
  const missing = (["stacks", "rules", "entries"] as const).find((key) => !Array.isArray(audit?.[key]));
  if (missing) throw new Error(`${file}: ${missing} is no list: give an audit.json of --format json`);
  return audit as Audit;
}

const failed = (status: Change["before"]) => status === "violation" || status === "advisory";
const quiet = (status: Change["before"]) => ["pass", "notApplicable", "absent"].includes(status);

/** What changed from one audit to a later one. */
export function diff(before: Audit, after: Audit): AuditDiff {
  // A stack that is in only one of the two audits is reported as such: its findings neither came nor went.
  const twice = before.stacks
    .map(({ stack }) => stack)
    .filter((name) => after.stacks.some(({ stack }) => stack === name));
  const common = ({ entries }: Audit) => entries.filter(({ stack }) => twice.includes(stack));
  const changes = changesOf(common(before), common(after));
  const fresh = ({ before, after }: Change) =>
    after === "violation" || (after === "advisory" && before !== "violation");
  const solved = (change: Change) => failed(change.before) && !failed(change.after);
  const judged = (audit: Audit) => audit.stacks.map(({ stack }) => stack);
  return {
    violations: changes.filter(fresh),
    solved: changes.filter(solved),
    changed: changes.filter((change) => !fresh(change) && !solved(change)),
    rules: difference(
      before.rules.map(({ id }) => id),
      after.rules.map(({ id }) => id),
    ),
    stacks: { ...difference(judged(before), judged(after)), changed: otherStacks(before, after) },
  };
}

function changesOf(before: readonly Entry[], after: readonly Entry[]): readonly Change[] {
  const key = ({ rule, stack, urn }: Entry) => JSON.stringify([rule, stack, urn]);
  const [old, young] = [Map.groupBy(before, key), Map.groupBy(after, key)];
  return [...new Set([...old.keys(), ...young.keys()])].flatMap((each) => {
    const [was, is] = [old.get(each) ?? [], young.get(each) ?? []];
    const change = changeOf(was, is);
    const same = change?.before === change?.after;
    return !change || same || (quiet(change.before) && quiet(change.after)) ? [] : [change];
  });
}

/** A rule may say several things of one resource: the one to look at first counts. */
function changeOf(was: readonly Entry[], is: readonly Entry[]): Change | undefined {
  const status = (entries: readonly Entry[]) =>
    entries.length > 0 ? worst(entries.map(statusOf)) : "absent";
  const after = status(is);
  const shown = is.find((entry) => statusOf(entry) === after) ?? was[0];
  if (!shown) return undefined;
  const { rule, stack, urn, why } = shown;
  return { rule, stack, urn, before: status(was), after, why };
}

const difference = (before: readonly string[], after: readonly string[]): Difference => ({
  added: after.filter((each) => !before.includes(each)),
  removed: before.filter((each) => !after.includes(each)),
});

function otherStacks(before: Audit, after: Audit): readonly string[] {
  const key = ({ tier, judged, sha256 }: JudgedStack) => JSON.stringify([tier, judged, sha256]);
  const old = new Map(before.stacks.map((each) => [each.stack, key(each)]));
  return after.stacks
    .filter((each) => old.has(each.stack) && old.get(each.stack) !== key(each))
    .map(({ stack }) => stack);
}
