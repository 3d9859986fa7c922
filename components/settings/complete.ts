import { z } from "zod";
import { InputError, SettingsError } from "../errors";
import { cluster, kubernetes } from "./cluster";
import type { EnvironmentInput, EnvironmentSettings } from "./index";
import { stackSchemas } from "./stack";
import { localUseCase } from "./useCase";

// What is left is alike for every target.
const {
  kind: _kind,
  target: _target,
  environment: _environment,
  governance: _governance,
  forge: _forge,
  useCases: _useCases,
  cluster: _cluster,
  kubernetes: _kubernetes,
  ...common
} = stackSchemas.environment.kubernetes.shape;
const useCases = z.array(z.looseObject(localUseCase.shape));

/** What of an environment has defaults; the other keys stay as they are. */
const defaulted = z.looseObject({
  ...common,
  useCases,
  cluster: cluster.optional(),
  kubernetes: kubernetes.optional(),
});

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part], value);

/** Fills in the defaults of settings that no stack's file has. Throws SettingsError where a value is out of bounds. */
export function completeSettings(settings: EnvironmentInput): EnvironmentSettings {
  const read = defaulted.safeParse(settings);
  if (read.success) return read.data as unknown as EnvironmentSettings;
  throw new SettingsError(
    read.error.issues.map(
      ({ path, message }) => new InputError(`settings.${path.join(".")}`, at(settings, path), message),
    ),
  );
}
