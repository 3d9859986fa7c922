import type { UseCaseSettings } from "../components/settings";
import { parseSettings } from "./settings";

/** What the stack file of a development environment on the local target says, beside its use cases. */
export const localEnvironment = {
  "pulumi:disable-default-providers": '["*"]',
  "ecluse:kind": "environment",
  "ecluse:target": "local",
  "ecluse:environment": "dev",
  "ecluse:tier": "development",
  "ecluse:forge": "local-forge",
};

/** A use case whose stack file says this of it too; throws a SettingsError where that is a mistake. */
export function useCaseOf(said: object): UseCaseSettings {
  const contract = { target: "exited", id: "customer_id" };
  const settings = parseSettings("local-dev", {
    ...localEnvironment,
    "ecluse:useCases": JSON.stringify([{ name: "bank-churn", contract, ...said }]),
  });
  if (settings.kind !== "environment" || !settings.useCases[0]) throw new Error("one use case was given");
  return settings.useCases[0];
}
