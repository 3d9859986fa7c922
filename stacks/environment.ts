import type { Target } from "../components/contracts";
import { Environment } from "../components/environment";
import type { EnvironmentSettings } from "../components/settings";
import { recordedDigests } from "../images/recorded";

/** One environment on a target; its result is the stack's outputs. */
export function environment(parsed: EnvironmentSettings, target: Target) {
  const { environment: name, tier } = parsed;
  const settings = { ...parsed, imageDigests: recordedDigests(), imageSources: "." };
  const { console, ...made } = new Environment(name, { settings, target });
  const { tracking, blob, database, signingKey, useCases } = made;
  const outputs = { environment: name, tier, tracking, blob, database, signingKey, useCases };
  return { ...outputs, ...(console && { console }) };
}
