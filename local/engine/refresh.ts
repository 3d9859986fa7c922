import { inheritSecrets, secretStrings } from "../../protocol/properties";
import { isProviderType } from "../../protocol/urn";
import type { ResourceState } from "./document";
import type { Op } from "./events";
import { readyWithoutProgram } from "./operations";
import { compare } from "./paths";
import { subjectOf } from "./plan";
import type { RunContext } from "./removal";
import type { Session } from "./session";
import { STACK_REFERENCE } from "./stack-reference";

/**
 * Asks the provider of each resource what there is, and takes that into the state; the program is not run, and
 * nothing is changed.
 */
export async function refreshStack(session: Session): Promise<void> {
  const { run } = session;
  await readyWithoutProgram(session);
  const before = run.journal.remaining();
  const found = before.map((state) => run.recorder.limited(() => look(state, run)));
  // The first failure is reported; the others must not bring the engine down meanwhile.
  for (const each of found) each.catch(() => {});
  const gone = new Set<string>();
  // One after the other, since the state is in the order of dependencies.
  for (const [at, state] of before.entries()) await settle(state, await found[at], gone, run);
  await run.journal.finish();
}

/** What there is of a resource; undefined if nothing. */
async function look(state: ResourceState, run: RunContext): Promise<ResourceState | undefined> {
  run.ensureRunning();
  const { provider, type, inputs = {}, additionalSecretOutputs = [] } = state;
  if (!state.custom || isProviderType(type) || type === STACK_REFERENCE || !provider) return state;
  const made = await (await run.provider(provider)).read(subjectOf(state, "read"));
  if (!made) return undefined;
  const outputs = inheritSecrets(made.outputs, { ...inputs, ...state.outputs }, additionalSecretOutputs);
  const asked = made.inputs ? inheritSecrets(made.inputs, inputs, []) : inputs;
  run.events.hide(secretStrings(outputs));
  return { ...state, id: made.id, inputs: asked, outputs };
}

async function settle(
  old: ResourceState,
  found: ResourceState | undefined,
  gone: Set<string>,
  run: RunContext,
): Promise<void> {
  if (!found) {
    gone.add(old.urn);
    await run.journal.forget(old);
    return run.recorder.note({ op: "delete", urn: old.urn, oldState: old });
  }
  const next = without(found, gone);
  const op: Op = differs(old, found) ? "update" : "same";
  const state = op === "same" ? next : { ...next, modified: new Date().toISOString() };
  await run.journal.keep(state, old);
  run.recorder.note({ op, urn: old.urn, oldState: old, newState: state });
}

function differs(old: ResourceState, found: ResourceState): boolean {
  const sides = [
    [old.outputs ?? {}, found.outputs ?? {}],
    [old.inputs ?? {}, found.inputs ?? {}],
  ] as const;
  return (
    old.id !== found.id || sides.some(([before, after]) => Object.keys(compare(before, after)).length > 0)
  );
}

/** A state that refers to nothing that is gone: else it could not be read again. */
function without(state: ResourceState, gone: ReadonlySet<string>): ResourceState {
  if (gone.size === 0) return state;
  const { dependencies = [], propertyDependencies = {}, deletedWith, ...rest } = state;
  const there = (urns: readonly string[]) => urns.filter((urn) => !gone.has(urn));
  const properties = Object.entries(propertyDependencies).map(([key, urns]) => [key, there(urns)] as const);
  return {
    ...rest,
    ...(dependencies.length > 0 ? { dependencies: there(dependencies) } : {}),
    ...(properties.length > 0 ? { propertyDependencies: Object.fromEntries(properties) } : {}),
    ...(deletedWith && !gone.has(deletedWith) ? { deletedWith } : {}),
  };
}
