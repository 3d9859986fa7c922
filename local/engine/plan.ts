import type { Properties } from "../../protocol/properties";
import { parseReference } from "../../protocol/urn";
import type { ResourceState } from "./document";
import type { Goal } from "./goal";
import type { Journal } from "./journal";
import { compare, type PropertyChange, parsePath, pathMatches } from "./paths";
import type { Provider, ProviderDiff, Subject } from "./provider";
import { pluginSettings } from "./provider-resources";

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
  const subject = { ...subjectOf(old, "update"), urn: goal.urn };
  const answer = await provider.diff(subject, inputs, goal.ignoreChanges);
  const differences = compare(old.inputs ?? {}, inputs);
  const changes = answer.changes ?? Object.keys(differences).length > 0;
  const replaces = replacing(answer, differences, goal.replaceOnChanges);
  const unready = (old.initErrors?.length ?? 0) > 0;
  const replace = changes && replaces.length > 0;
  const op = replace ? "replace" : changes || unready ? "update" : "same";
  return {
    op,
    keys: op === "same" ? [] : topKeys([...changedPaths(answer, differences), ...answer.replaces]),
    replaceKeys: replace ? topKeys(replaces) : [],
    deleteBeforeReplace: goal.deleteBeforeReplace ?? answer.deleteBeforeReplace,
    detailed: op === "same" ? {} : detail(differences, replaces),
  };
}

/** The replacement of a resource for a reason outside of it. */
export function replacementFor(
  replaceKeys: readonly string[],
  { deleteBeforeReplace = false }: Pick<Goal, "deleteBeforeReplace">,
): Decision {
  return { op: "replace", keys: [], replaceKeys, deleteBeforeReplace, detailed: {} };
}

/**
 * The paths that ask for a replacement: those that the provider names, and the changed ones that the program has
 * chosen.
 */
export function replacing(
  answer: ProviderDiff,
  differences: Readonly<Record<string, PropertyChange>>,
  replaceOnChanges: readonly string[],
): string[] {
  const chosen = changedPaths(answer, differences).filter((path) =>
    replaceOnChanges.some((each) => pathMatches(each, path)),
  );
  return [...new Set([...answer.replaces, ...chosen])];
}

/** The changed paths. The engine compares inputs only where the provider does not know whether there is a change. */
function changedPaths(
  { changes, changed }: ProviderDiff,
  differences: Readonly<Record<string, PropertyChange>>,
): readonly string[] {
  return changes === undefined ? Object.keys(differences) : changed;
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

/** Another provider may mean another account or cluster: it says whether the resource must be replaced. */
export async function providerMoved(
  old: ResourceState,
  goal: Goal,
  provider: Provider,
  journal: Journal,
): Promise<boolean> {
  if (!old.provider || old.provider === goal.provider) return false;
  const [from, to] = [old.provider, goal.provider].map((reference) => parseReference(reference).urn);
  if (from === undefined || to === undefined || (from !== to && journal.nameNow(from) === to)) return false;
  const [before, now] = [journal.old(from), journal.seen(to)];
  return provider.replacesAll({
    urn: to,
    olds: pluginSettings(before?.inputs ?? {}),
    oldOutputs: before?.outputs ?? {},
    news: pluginSettings(now?.inputs ?? {}),
  });
}
