import { blank, UNKNOWN } from "../../protocol/properties";
import { STACK_TYPE } from "../../protocol/urn";
import type { ResourceState } from "./document";
import type { RunResult } from "./options";
import type { StepRecord } from "./recorder";

/** The document that `--json` prints, in the form of the Pulumi CLI's preview digest; secrets are `[secret]`. */
export function digest(result: RunResult): object {
  const diagnostics = result.diagnostics.map(({ severity, message, urn }) => ({
    ...(urn ? { urn } : {}),
    message: `${severity === "info" ? "" : `${severity}: `}${message}\n`,
    severity,
  }));
  return {
    config: result.config,
    steps: result.steps.filter(isShown).map(stepOf),
    ...(diagnostics.length > 0 ? { diagnostics } : {}),
    // Nanoseconds, as Go's durations.
    duration: Math.round(result.durationMs * 1e6),
    changeSummary: result.changes,
  };
}

/**
 * As the CLI: not what stays the same, but for the stack itself, and of a replacement the one step that stands for
 * its parts.
 */
function isShown({ op, urn }: StepRecord): boolean {
  if (op === "same") return urn.includes(`::${STACK_TYPE}::`);
  return op !== "create-replacement" && op !== "delete-replaced";
}

function stepOf(step: StepRecord): object {
  const { op, urn, oldState, newState, keys = [], replaceKeys = [], detailed = {} } = step;
  const provider = (newState ?? oldState)?.provider;
  return {
    op,
    urn,
    ...(provider ? { provider } : {}),
    ...(oldState ? { oldState: shown(oldState) } : {}),
    ...(newState ? { newState: shown(planned(step, newState)) } : {}),
    ...(keys.length > 0 ? { diffReasons: keys } : {}),
    ...(replaceKeys.length > 0 ? { replaceReasons: replaceKeys } : {}),
    detailedDiff: Object.keys(detailed).length > 0 ? detailed : null,
  };
}

/** A state as the CLI shows it before the step: what the provider is to give, and when, is not there yet. */
function planned({ op, oldState }: StepRecord, state: ResourceState): ResourceState {
  if (op !== "create" && op !== "update") return state;
  const { id: _id, outputs: _outputs, created: _created, modified: _modified, ...asked } = state;
  const { created, modified } = oldState ?? {};
  return { ...asked, ...(created ? { created } : {}), ...(modified ? { modified } : {}) };
}

function shown({ id, inputs = {}, outputs = {}, ...rest }: ResourceState): object {
  return {
    ...rest,
    ...(id && id !== UNKNOWN ? { id } : {}),
    ...(Object.keys(inputs).length > 0 ? { inputs: blank(inputs) } : {}),
    ...(Object.keys(outputs).length > 0 ? { outputs: blank(outputs) } : {}),
  };
}
