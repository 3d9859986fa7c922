import type { Result } from "../judge";
import type { Audit, Entry, Judging } from "./model";
import { openInState } from "./status";

/**
 * What rules found, with the lines of the program; the reason for an open one fits what was judged: a plan or a
 * state.
 */
export function entriesOf(results: readonly Result[], stacks: readonly Judging[]): Entry[] {
  const sources = new Map(
    stacks.flatMap(({ stack }) => stack.resources.map(({ urn, source }) => [urn, source])),
  );
  const states = new Set(stacks.filter(({ judged }) => judged === "state").map(({ stack }) => stack.name));
  return results.map((result) => {
    const found = entry(result, sources.get(result.urn));
    return found.kind === "open" && states.has(found.stack)
      ? { ...found, why: openInState(found.why) }
      : found;
  });
}

function entry({ rule, kind, level, stack, urn, why, waiver }: Result, source: string | undefined): Entry {
  const base = { rule: rule.id, kind, severity: rule.severity, level, stack, urn, why };
  return { ...base, ...(source && { source }), ...(waiver && { waiver }) };
}

/** How many there are of each kind, what is waived apart. */
export function totals(entries: readonly Entry[]): Audit["totals"] {
  const count = (test: (entry: Entry) => unknown) => entries.filter(test).length;
  const of = (kind: Result["kind"]) => count((each) => each.kind === kind && !each.waiver);
  return {
    pass: of("pass"),
    fail: of("fail"),
    open: of("open"),
    notApplicable: of("notApplicable"),
    waived: count(({ waiver }) => waiver),
  };
}
