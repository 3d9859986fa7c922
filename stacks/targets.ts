import type { Target, TargetName } from "../components/contracts";

const loaders: Readonly<Partial<Record<TargetName, () => Promise<{ target: Target }>>>> = {
  local: () => import("../components/local/target"),
};

/** Loads a target's components, and only those: a provider's SDK is large. Throws for one that this version does not have. */
export async function loadTarget(name: TargetName): Promise<Target> {
  const load = loaders[name];
  if (!load)
    throw new Error(
      `ecluse:target is ${name}, which this version cannot make yet: set it to ${Object.keys(loaders).join(" or ")}`,
    );
  return (await load()).target;
}
