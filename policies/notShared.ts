import { UNKNOWN } from "../protocol/properties";
import type { Resource } from "./resource";
import type { AcrossRule, Finding } from "./rule";
import type { Stack } from "./stack";
import { read, text } from "./values";
import { fail, open, passOn } from "./verdict";

/** Stacks as rules that compare them see them. */
export type Stacks = Parameters<AcrossRule["check"]>[0];

/** Something that a stack has, and that no other may have; a key that is undefined is not known yet. */
export interface OwnedKey {
  readonly urn: string;
  readonly key: string | undefined;
}

/** The stacks that have each key. */
function owners(all: readonly (readonly [name: string, holdings: readonly OwnedKey[]])[]) {
  const found = new Map<string, Set<string>>();
  for (const [name, holdings] of all)
    for (const { key } of holdings)
      if (key !== undefined) found.set(key, (found.get(key) ?? new Set()).add(name));
  return found;
}

/** Judges that no two stacks have the same; `shown` writes a key, where it may be shown. */
export function* notShared(
  stacks: Stacks,
  holdingsOf: (subject: Stacks[number]) => Iterable<OwnedKey>,
  what: string,
  shown: (key: string) => string = (key) => ` ${key}`,
): Iterable<Finding> {
  const all = stacks.map((subject) => [subject.stack.name, [...holdingsOf(subject)]] as const);
  const known = owners(all);
  for (const [name, holdings] of all)
    for (const { urn, key } of holdings) {
      const others = [...(known.get(key ?? "") ?? [])].filter((each) => each !== name);
      if (key === undefined) yield { urn, ...open(`${what} is not known yet`) };
      else
        yield {
          urn,
          ...(others.length > 0
            ? fail(`${what}${shown(key)} is also of ${others.join(", ")}`)
            : passOn(() => `${what}${shown(key)} is of ${name} alone`)),
        };
    }
}

/** What a property says, in lower case; where it is not known yet, what of the stack's own it comes from. */
export function keyOf(stack: Stack, from: Resource, path: string, ...makers: string[]): string | undefined {
  const known = text(from.inputs, path);
  if (known !== undefined) return known.toLowerCase();
  if (read(from.inputs, path) !== UNKNOWN) return undefined;
  return stack.sources(from, path.replace(/[.[].*/, "")).find(({ type }) => makers.includes(type))?.urn;
}
