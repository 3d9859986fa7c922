/** A policy that something breaks. */
interface Found {
  readonly policy: string;
  readonly urn: string;
}

/** Each once, in a line, in order. */
export const named = (found: readonly Found[]): readonly string[] =>
  [...new Set(found.map(({ policy, urn }) => `${policy} ${urn}`))].sort();
