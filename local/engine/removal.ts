import { EngineError } from "../../protocol/errors";
import { type Properties, UNKNOWN } from "../../protocol/properties";
import { isProviderType, parseReference } from "../../protocol/urn";
import type { ResourceState } from "./document";
import type { EventSink } from "./events";
import type { Gate } from "./gate";
import type { Journal } from "./journal";
import { compare, ignoreChanges } from "./paths";
import { replacing, subjectOf } from "./plan";
import type { Protection } from "./protection";
import type { Provider } from "./provider";
import type { Recorder } from "./recorder";
import { prerequisites } from "./state";

/** What the operations of a run share. */
export interface RunContext {
  readonly preview: boolean;
  readonly journal: Journal;
  readonly gate: Gate;
  readonly protection: Protection;
  readonly recorder: Recorder;
  readonly events: EventSink;
  readonly provider: (reference: string) => Promise<Provider>;
  /** Throws once the run is to stop: running steps end, no further one begins. */
  readonly ensureRunning: () => void;
}

/** Removes one resource: deletes it at its provider, unless it is not ours to delete, and forgets it. */
export async function remove(
  state: ResourceState,
  op: "delete" | "delete-replaced",
  doomed: ReadonlySet<string>,
  run: RunContext,
): Promise<void> {
  run.ensureRunning();
  const plan = { op: state.external ? ("discard" as const) : op, urn: state.urn, oldState: state };
  await run.recorder.perform(plan, async () => {
    const goesWith = state.deletedWith !== undefined && doomed.has(state.deletedWith);
    const kept = state.external || state.retainOnDelete || isProviderType(state.type) || goesWith;
    if (state.custom && !kept && !run.preview) await deleteAtProvider(state, run);
    await run.journal.forget(state);
    return undefined;
  });
}

/** Removes resources, each after all that depend on it; independent ones at the same time. */
export async function removeAll(
  states: readonly ResourceState[],
  reason: string,
  run: RunContext,
): Promise<void> {
  for (const state of states) run.protection.refuse(state, "deleted", reason);
  const doomed = new Set(states.filter((state) => !state.delete).map((state) => state.urn));
  const removals = new Map<ResourceState, Promise<void>>();
  // The list is in dependency order, so walking it backwards meets the dependents first.
  for (const [at, state] of [...states.entries()].reverse()) {
    const later = states.slice(at + 1).filter((each) => prerequisites(each).includes(state.urn));
    const dependents = Promise.all(later.map((each) => removals.get(each)));
    const op = state.delete ? "delete-replaced" : "delete";
    const removal = dependents.then(() => remove(state, op, doomed, run));
    removal.catch(() => {});
    removals.set(state, removal);
  }
  const ends = await Promise.allSettled(removals.values());
  const failure = ends.find((end) => end.status === "rejected");
  if (failure) throw failure.reason;
}

/**
 * The resources that must go before `root` can be deleted and created again, dependents first, `root` last: those whose
 * properties come from it (or from one that must go) and whose provider says that such a change needs a replacement.
 */
export async function replacedWith(
  root: ResourceState,
  run: RunContext,
  claimed: (urn: string) => boolean,
): Promise<ResourceState[]> {
  const chosen = [root];
  const urns = new Set([root.urn]);
  const after = run.journal.remaining();
  for (const state of after.slice(after.indexOf(root) + 1)) {
    if (state.delete || claimed(state.urn) || !(await mustFollow(state, urns, run))) continue;
    chosen.push(state);
    urns.add(state.urn);
  }
  return chosen.reverse();
}

async function mustFollow(
  state: ResourceState,
  urns: ReadonlySet<string>,
  run: RunContext,
): Promise<boolean> {
  if (!state.custom || state.external || isProviderType(state.type) || !state.provider) return false;
  if (urns.has(parseReference(state.provider).urn)) return true;
  const comesFrom = (key: string) => state.propertyDependencies?.[key]?.some((urn) => urns.has(urn)) ?? false;
  const inputs = state.inputs ?? {};
  const unknown: Properties = Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, comesFrom(key) ? UNKNOWN : value]),
  );
  if (!Object.keys(inputs).some(comesFrom)) return false;
  const provider = await run.provider(state.provider);
  const answer = await provider.diff(subjectOf(state, "update"), unknown, state.ignoreChanges ?? []);
  const differences = compare(inputs, ignoreChanges(unknown, inputs, state.ignoreChanges ?? []));
  return replacing(answer, differences, state.replaceOnChanges ?? []).length > 0;
}

async function deleteAtProvider(state: ResourceState, run: RunContext): Promise<void> {
  if (!state.provider) throw new EngineError(`${state.urn}: the state names no provider for it`);
  const provider = await run.provider(state.provider);
  const { journal } = run;
  const operation = await journal.begin("deleting", state);
  const sameUrn = journal.unfinished().filter((each) => each.resource.urn === state.urn);
  const settled = [operation, ...sameUrn.filter((each) => each.type === "deleting")];
  try {
    await provider.delete(subjectOf(state, "delete"));
    journal.settle(...settled);
  } catch (error) {
    journal.settle(...settled);
    await journal.save();
    throw error;
  }
}
