import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { EnvironmentSettings } from "../components/settings";
import { readSettings, type Settings } from "../stacks/settings";
import config from "./config.json";
import type { Parameter, Parameterized } from "./parameter";

/** What rules know of the stack that they judge, beside its resources. */
export interface Context {
  readonly stack: string;
  /** Of the stack's file; undefined where a state is judged that has none here. */
  readonly settings?: Settings;
  readonly environment?: EnvironmentSettings;
  /** Also for what nobody has settings of: a rule must not be mild to what it does not know. */
  readonly production: boolean;
  readonly confidential: boolean;
  /** What seals the stack's state, as its file says (`secretsprovider`); undefined where it does not. */
  readonly secretsProvider?: string;
  /** Whether the resources are a state, so that nothing may be unknown any more. */
  readonly state: boolean;
  /** The parameters of a rule: what config.json sets, over the defaults. */
  parameter<T extends Parameter["default"]>(rule: Parameterized, name: string): T;
}

type Config = Readonly<Record<string, Readonly<Record<string, Parameter["default"]>>>>;

/** The secrets provider that the text of a stack's file names. */
export const secretsProviderOf = (yaml: string): string | undefined =>
  (parse(yaml) as { secretsprovider?: string } | null)?.secretsprovider;

/** The context of a stack with these settings. */
export function contextOf(
  stack: string,
  settings: Settings | undefined,
  state = false,
  secretsProvider?: string,
): Context {
  const environment = settings?.kind === "environment" ? settings : undefined;
  const classified = environment?.governance.dataClassification;
  return {
    stack,
    ...(settings ? { settings } : {}),
    ...(environment ? { environment } : {}),
    // A forge holds what every environment is made from, so also production.
    production: environment === undefined || environment.tier === "production",
    confidential: classified === undefined || ["confidential", "restricted"].includes(classified),
    ...(secretsProvider ? { secretsProvider } : {}),
    state,
    parameter<T>({ id, parameters }: Parameterized, name: string): T {
      const declared = parameters?.[name];
      if (!declared) throw new Error(`${id} has no parameter ${name}: declare it in the rule`);
      return ((config as Config)[id]?.[name] ?? declared.default) as T;
    },
  };
}

/** How a stack is judged that has a file here, or perhaps has none. */
export interface StackOptions {
  /** `ecluse:<key>` to text, over the stack's file. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Whether it is a state that is judged. */
  readonly state?: boolean;
}

/**
 * The context of a stack, by its file in this repository where there is one. Throws SettingsError for a file that is
 * wrong.
 */
export function contextOfStack(stack: string, { overrides, state }: StackOptions = {}): Context {
  const file = join(__dirname, "..", `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return contextOf(stack, undefined, state);
  const text = readFileSync(file, "utf8");
  return contextOf(stack, readSettings(stack, text, overrides), state, secretsProviderOf(text));
}
