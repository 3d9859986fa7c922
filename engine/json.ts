import type { ResourceState } from "./document";
import type { RunResult } from "./engine";
import { blank, type Properties } from "./properties";
import { parseReference, STACK_TYPE } from "./urn";

/** The document that `--json` prints, in the form of the Pulumi CLI's preview digest; secrets are `[secret]`. */
export function digest(result: RunResult): object {
  // As the CLI, leave out what stays the same, but for the stack itself, whose outputs may have changed.
  const shown = result.steps.filter((step) => step.op !== "same" || step.urn.includes(`::${STACK_TYPE}::`));
  return {
    config: result.config,
    steps: shown.map((step) => {
      const provider = (step.newState ?? step.oldState)?.provider;
      return {
        op: step.op,
        urn: step.urn,
        ...(provider ? { provider: parseReference(provider).urn } : {}),
        ...(step.oldState ? { oldState: blankState(step.oldState) } : {}),
        ...(step.newState ? { newState: blankState(step.newState) } : {}),
        ...(step.keys?.length ? { diffReasons: step.keys } : {}),
        ...(step.replaceKeys?.length ? { replaceReasons: step.replaceKeys } : {}),
        ...(step.detailed && Object.keys(step.detailed).length > 0 ? { detailedDiff: step.detailed } : {}),
      };
    }),
    diagnostics: result.diagnostics.map(({ severity, message, urn }) => ({
      ...(urn ? { urn } : {}),
      message,
      severity,
    })),
    // Nanoseconds, as Go's durations.
    duration: Math.round(result.durationMs * 1e6),
    changeSummary: result.changes,
  };
}

function blankState(state: ResourceState): object {
  const properties = (value: Properties | undefined) => (value ? blank(value) : {});
  return { ...state, inputs: properties(state.inputs), outputs: properties(state.outputs) };
}
