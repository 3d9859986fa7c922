/** An isolated environment or a forge as one component, on the target that is given. */
export type { EnvironmentParts, ForgeIdentity, Grant, IdentityDocument, Target } from "./contracts";
export { Environment, type EnvironmentArgs, type UseCaseOutputs } from "./environment";
export { Forge, type ForgeArgs } from "./forge";
export type {
  AzureSettings,
  ClusterSettings,
  EnvironmentInput,
  EnvironmentSettings,
  ForgeSettings,
  Gates,
  KubernetesSettings,
  UseCaseInput,
  UseCaseSettings,
} from "./settings";
