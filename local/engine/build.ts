import { EngineError } from "../../protocol/errors";
import { inheritSecrets, type Properties } from "../../protocol/properties";
import type { ResourceState } from "./document";
import type { Goal } from "./goal";
import type { Made } from "./provider";

/** The state of a resource as the document holds it; `unchanged` keeps the time of its last change. */
export function build(
  goal: Goal,
  inputs: Properties,
  made: Made,
  old: ResourceState | undefined,
  unchanged: boolean,
): ResourceState {
  const now = new Date().toISOString();
  const outputs = goal.custom
    ? inheritSecrets(made.outputs, inputs, goal.additionalSecretOutputs)
    : made.outputs;
  const lists = {
    dependencies: goal.dependencies,
    initErrors: made.initErrors ?? [],
    propertyDependencies: goal.propertyDependencies,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    customTimeouts: goal.customTimeouts,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
  };
  return {
    urn: goal.urn,
    custom: goal.custom,
    ...(made.id ? { id: made.id } : {}),
    type: goal.type,
    inputs,
    outputs,
    ...(goal.parent ? { parent: goal.parent } : {}),
    ...(goal.protect ? { protect: true } : {}),
    ...Object.fromEntries(Object.entries(lists).filter(([, value]) => Object.keys(value).length > 0)),
    ...(goal.provider && goal.custom ? { provider: goal.provider } : {}),
    ...(goal.retainOnDelete ? { retainOnDelete: true } : {}),
    ...(goal.deletedWith ? { deletedWith: goal.deletedWith } : {}),
    ...(goal.sourcePosition ? { sourcePosition: goal.sourcePosition } : {}),
    created: old?.created ?? now,
    modified: (unchanged && old?.modified) || now,
  };
}

/** Gives back a saved state, or throws if the resource exists but its provider says that it is not ready. */
export function ready(state: ResourceState): ResourceState {
  if (!state.initErrors?.length) return state;
  throw new EngineError(`${state.urn} exists but is not ready: ${state.initErrors.join("; ")}`);
}
