import { readFileSync } from "node:fs";
import { join } from "node:path";
import { graph } from "../graphs/plan";

/** The stacks whose identity is a promise to those who run them. */
export const stacks = ["dev", "prod", "onprem-dev", "onprem-prod", "forge"] as const;

/** The file with the URNs of a stack, one a line, as the last release made them. */
export const recordOf = (stack: string) => join(__dirname, `${stack}.urns`);

/** The URNs of a stack as the last release made them. */
export const recorded = (stack: string): string[] =>
  readFileSync(recordOf(stack), "utf8").split("\n").filter(Boolean);

/** The URNs of a stack as the program makes it now, sorted, and those that they had before by their aliases. */
export async function planned(stack: string) {
  const { resources } = await graph(stack);
  return {
    urns: resources.map(({ urn }) => urn).sort(),
    aliases: resources.flatMap(({ aliases = [] }) => aliases),
  };
}

/** The recorded URNs that a program neither makes nor aliases: an `up` would delete what they name. */
export function lost(before: readonly string[], now: Awaited<ReturnType<typeof planned>>): string[] {
  const known = new Set([...now.urns, ...now.aliases]);
  return before.filter((urn) => !known.has(urn));
}
