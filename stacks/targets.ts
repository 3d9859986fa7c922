import type { Target, TargetName } from "../components/contracts";
import { SettingsError } from "./fields";
import type { Settings } from "./settings";

const loaders: Readonly<Partial<Record<TargetName, () => Promise<{ target: Target }>>>> = {
  local: () => import("../components/local/target"),
};

/** Loads the components of a stack's target, and only those: a provider's SDK is large. Throws for one that this version does not have. */
export async function loadTarget({ stack, target }: Settings): Promise<Target> {
  const load = loaders[target];
  if (load) return (await load()).target;
  const fix = `this version cannot make that yet; set it to ${Object.keys(loaders).join(" or ")} in Pulumi.${stack}.yaml`;
  throw new SettingsError("ecluse:target", target, fix);
}
