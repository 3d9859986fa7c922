/** What a condition comes to; what a preview cannot know yet leaves it open. */
export type Verdict = "pass" | "fail" | "open";

/** A verdict, and for all but a pass the reason. */
export interface Judged {
  readonly verdict: Verdict;
  readonly why: string;
}

export const pass: Judged = { verdict: "pass", why: "" };
export const fail = (why: string): Judged => ({ verdict: "fail", why });
export const open = (why: string): Judged => ({ verdict: "open", why });

const join = (parts: readonly Judged[]) => [...new Set(parts.map(({ why }) => why))].join("; ");
const of = (parts: readonly Judged[], verdict: Verdict) => parts.filter((part) => part.verdict === verdict);

/** All must hold: one that fails decides, whatever is open. */
export function both(parts: readonly Judged[]): Judged {
  const [failed, unknown] = [of(parts, "fail"), of(parts, "open")];
  if (failed.length > 0) return fail(join(failed));
  return unknown.length > 0 ? open(join(unknown)) : pass;
}

/** One is enough. */
export function either(parts: readonly Judged[]): Judged {
  if (parts.some(({ verdict }) => verdict === "pass")) return pass;
  const unknown = of(parts, "open");
  return unknown.length > 0 ? open(join(unknown)) : fail(join(parts));
}

/** A verdict where something else applies: while that is open, a failure is as open. */
export const where = (applies: Judged, judged: Judged): Judged =>
  applies.verdict === "open" && judged.verdict === "fail" ? applies : judged;

/** The opposite, for the reason given. */
export const opposite = ({ verdict, why }: Judged, because: string): Judged =>
  verdict === "open" ? open(why) : verdict === "pass" ? fail(because) : pass;
