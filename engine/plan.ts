import type { ResourceState } from "./document";
import type { Goal } from "./goal";
import { compare, type PropertyChange, parsePath, pathMatches } from "./paths";
import type { Properties } from "./properties";
import type { Provider, Subject } from "./provider";
import { parseReference, parseUrn } from "./urn";

/** What is to be done with a resource that exists, and why. */
export interface Decision {
  readonly op: "same" | "update" | "replace";
  /** The properties that changed. */
  readonly keys: readonly string[];
  /** The properties that need a replacement. */
  readonly replaceKeys: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly detailed: Readonly<Record<string, PropertyChange>>;
}

/** The subject of an operation on a resource that exists. */
export function subjectOf(state: ResourceState, operation: "create" | "update" | "delete" | "read"): Subject {
  const { urn, id = "", inputs = {}, outputs = {}, additionalSecretOutputs: secretOutputs = [] } = state;
  return { urn, id, inputs, outputs, secretOutputs, timeout: state.customTimeouts?.[operation] ?? 0 };
}

/** Decides what a resource's new inputs ask for. */
export async function decide(
  old: ResourceState,
  goal: Goal,
  inputs: Properties,
  provider: Provider,
): Promise<Decision> {
  const answer = await provider.diff(subjectOf(old, "update"), inputs, goal.ignoreChanges);
  const differences = compare(old.inputs ?? {}, inputs);
  const changed = answer.changed.length > 0 ? answer.changed : Object.keys(differences);
  const chosen = changed.filter((path) => goal.replaceOnChanges.some((each) => pathMatches(each, path)));
  const moved = providerMoved(old, goal) ? ["provider"] : [];
  const replaces = [...new Set([...answer.replaces, ...chosen, ...moved])];
  const changes = answer.changes ?? Object.keys(differences).length > 0;
  const unready = (old.initErrors?.length ?? 0) > 0;
  const replace = replaces.length > 0 && (changes || moved.length > 0);
  const op = replace ? "replace" : changes || unready ? "update" : "same";
  return {
    op,
    keys: op === "same" ? [] : topKeys([...changed, ...answer.replaces]),
    replaceKeys: replace ? topKeys(replaces) : [],
    deleteBeforeReplace: goal.deleteBeforeReplace ?? answer.deleteBeforeReplace,
    detailed: op === "same" ? {} : detail(differences, replaces),
  };
}

/** The changes that need the replacement, as paths where they are known. */
export function reasons({ detailed, replaceKeys }: Decision): string {
  const paths = Object.keys(detailed).filter((path) => detailed[path]?.kind.endsWith("-replace"));
  return (paths.length > 0 ? paths : replaceKeys).join(", ");
}

function topKeys(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => String(parsePath(path)[0] ?? path)))];
}

function detail(
  differences: Readonly<Record<string, PropertyChange>>,
  replaces: readonly string[],
): Record<string, PropertyChange> {
  const entries = Object.entries(differences).map(([path, change]) => {
    const replaced = replaces.some((key) => pathMatches(key, path));
    return [path, replaced ? { ...change, kind: `${change.kind}-replace` } : change] as const;
  });
  return Object.fromEntries(entries) as Record<string, PropertyChange>;
}

/** Another provider may mean another account or cluster: the resource must be made anew there. */
function providerMoved(old: ResourceState, goal: Goal): boolean {
  if (!old.provider || old.provider === goal.provider) return false;
  const [from, to] = [parseReference(old.provider), parseReference(goal.provider)];
  if (from.urn === to.urn) return true;
  const isDefault = (urn: string) => parseUrn(urn).name.startsWith("default");
  return !(isDefault(from.urn) && isDefault(to.urn));
}
