import type { Target } from "../components/contracts";
import type { TargetName } from "../components/settings";
import type { Settings } from "./settings";

const loaders: Readonly<Record<TargetName, () => Promise<{ target: Target }>>> = {
  azure: () => import("../components/azure/target"),
  gitlab: () => import("../components/gitlab/target"),
  kubernetes: () => import("../components/kubernetes/target"),
  local: () => import("../components/local/target"),
};

/** Loads the components of a stack's target, and only those: a provider's SDK is large. */
export const loadTarget = async ({ target }: Settings): Promise<Target> => (await loaders[target]()).target;
