import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { UseCaseSettings } from "../components/settings";
import { homeFolder, isRoot, privateFolder, projectRoot } from "../local/home";
import { sealKey } from "../local/seal";
import { readSettings, type Settings } from "../stacks/settings";

/** An error that the user can fix; shown without a stack trace. */
export class UserError extends Error {}

/** Where the states of the local stacks are; throws a {@link UserError} when the home folder cannot be written. */
export function backendFolder(): string {
  const home = homeFolder();
  try {
    privateFolder(home, isRoot);
    accessSync(home, constants.W_OK);
    return privateFolder(join(home, "stacks"));
  } catch (error) {
    throw new UserError(
      `ECLUSE_HOME ${home} cannot be written (${(error as Error).message}): make it writable for you, or ` +
        "set ECLUSE_HOME to another folder",
    );
  }
}

/**
 * The passphrase of a stack's state: `PULUMI_CONFIG_PASSPHRASE` as for the Pulumi CLI, or a random one of the stack's
 * own that is made on first use and kept among the home's keys.
 */
export const passphraseOf = (stack: string) =>
  process.env.PULUMI_CONFIG_PASSPHRASE ?? sealKey(homeFolder(), `${stack}.passphrase`).toString("base64");

/**
 * The settings of a stack, from its file and the `overrides` (`ecluse:<key>` to text); throws a {@link UserError}
 * that names the stacks there are, or a SettingsError.
 */
export function settingsOf(stack: string, overrides: Readonly<Record<string, string>> = {}): Settings {
  const file = join(projectRoot, `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new UserError(`there is no stack ${stack}: it is one of ${stackNames().join(", ")}`);
  return readSettings(stack, readFileSync(file, "utf8"), overrides);
}

/**
 * The target that a stack's file names; the rest of it may be wrong: a cloud's stack must not stop what runs on this
 * machine.
 */
export function targetOf(stack: string): unknown {
  const document = parseDocument(readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8"));
  return document.getIn(["config", "ecluse:target"]);
}

/** Every stack that has a file in the checkout. */
export function stackNames(): string[] {
  const files = readdirSync(projectRoot).map((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1]);
  return files.filter((name) => name !== undefined).sort();
}

/** The stacks of the local target: the forge's, and then the environments' in promotion order (production last). */
export function localStacks(): Settings[] {
  const local = stackNames()
    .filter((stack) => targetOf(stack) === "local")
    .map((stack) => settingsOf(stack));
  const names = local.map((settings) => (settings.kind === "forge" ? "forge" : settings.environment));
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0)
    throw new UserError(
      `ecluse:environment of ${local[twice]?.stack} is "${names[twice]}", which another stack makes: choose another`,
    );
  const rank = (settings: Settings) => (settings.kind === "forge" ? -1 : tiers.indexOf(settings.tier));
  return local.sort((one, other) => rank(one) - rank(other));
}

const tiers = ["development", "integration", "staging", "production"];

/** The settings of a use case in an environment of the local target. */
export function useCaseSettings(environment: string, useCase: string): UseCaseSettings {
  const found = localStacks()
    .filter((stack) => stack.kind === "environment")
    .find((stack) => stack.environment === environment);
  const settings = found?.useCases.find(({ name }) => name === useCase);
  if (settings) return settings;
  throw new UserError(
    `use case ${useCase} is not in ecluse:useCases of ${environment}: add it to its Pulumi.<stack>.yaml`,
  );
}

/** The Python package of a use case. */
export const moduleOf = (useCase: string) => useCase.replaceAll("-", "_");
