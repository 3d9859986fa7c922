/** What a condition comes to; what a preview cannot know yet leaves it open. */
export type Verdict = "pass" | "fail" | "open";

/** A verdict, and for all but a pass the reason. */
export interface Judged {
  readonly verdict: Verdict;
  readonly why: string;
  /** What was seen where something passes, for the evidence; written only when it is asked for, since few ask. */
  readonly saw?: () => string;
}

/** The rule holds. */
export const pass: Judged = { verdict: "pass", why: "" };
/** The rule is violated; `why` is what was found. */
export const fail = (why: string): Judged => ({ verdict: "fail", why });
/** Not known yet; `why` names what is missing. */
export const open = (why: string): Judged => ({ verdict: "open", why });
/** A pass that names what was seen. */
export const passOn = (saw: () => string): Judged => ({ ...pass, saw });

const joined = (texts: readonly string[]) => [...new Set(texts.filter(Boolean))].join("; ");
const join = (parts: readonly Judged[]) => joined(parts.map(({ why }) => why));
const of = (parts: readonly Judged[], verdict: Verdict) => parts.filter((part) => part.verdict === verdict);

/** All must hold: one that fails decides, whatever is open. */
export function allVerdicts(parts: readonly Judged[]): Judged {
  const [failed, unknown] = [of(parts, "fail"), of(parts, "open")];
  if (failed.length > 0) return fail(join(failed));
  if (unknown.length > 0) return open(join(unknown));
  return passOn(() => joined(parts.map(({ saw }) => saw?.() ?? "")));
}

/** One is enough; where none holds, `missing` is the reason in place of theirs. */
export function anyVerdict(parts: readonly Judged[], missing?: string): Judged {
  const passed = parts.find(({ verdict }) => verdict === "pass");
  if (passed) return passed;
  const unknown = of(parts, "open");
  return unknown.length > 0 ? open(join(unknown)) : fail(missing ?? join(parts));
}

/** A verdict where something else applies: while that is open, a failure is as open. */
export const impliesVerdict = (applies: Judged, judged: Judged): Judged =>
  applies.verdict === "open" && judged.verdict === "fail" ? applies : judged;

/**
 * The opposite, for the reason given; it shows no value, so that a rule on one that may hold a secret can be made by
 * it.
 */
export const opposite = ({ verdict, why }: Judged, because: string): Judged =>
  verdict === "open" ? open(why) : verdict === "pass" ? fail(because) : pass;
