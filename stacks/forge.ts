import type { Target } from "../components/contracts";
import { InputError } from "../components/errors";
import { Forge } from "../components/forge";
import type { ForgeSettings } from "../components/settings";

/** The forge on a target; `environments` are those that it serves. Its result is the stack's outputs. */
export function forge(settings: ForgeSettings, target: Target, environments: readonly string[]) {
  const makes = target.forge;
  if (!makes)
    throw new InputError("ecluse:target", settings.target, "makes no forge: set it to gitlab or local");
  const { url, projectIds, outputs } = new Forge("forge", {
    settings,
    target: { forge: makes },
    environments,
  });
  return { url, projectIds, ...outputs };
}
