import { parseDocument } from "yaml";
import type { z } from "zod";
import { InputError, SettingsError } from "../components/errors";
import type { EnvironmentSettings, ForgeSettings } from "../components/settings";
import { completeAzure } from "../components/settings/azure";
import { stackSchemas } from "../components/settings/stack";
import { choice } from "../components/settings/values";
import { crossFieldMistakes } from "./checks";
import { foreignMistakes } from "./foreign";
import { mistakesOf, unknownKey } from "./mistakes";

/** A stack's config, parsed once and frozen. */
export type Settings = ForgeSettings | EnvironmentSettings;

type Values = Readonly<Record<string, unknown>>;
/** The keys of an environment on Azure that its completion reads. */
type Hosted = z.output<typeof stackSchemas.environment.azure>;

type Shape = Readonly<Record<string, z.ZodType>>;

/** What is known of a stack's settings while they are read. */
interface Draft {
  readonly values: Values;
  /** Keys of {@link values} that are no settings, and so are left out there. */
  readonly broken: ReadonlySet<string>;
  readonly mistakes: readonly InputError[];
}

/** Whether a value of the config is encrypted in its file. */
type IsSecret = (key: string) => boolean;

/**
 * Pulumi gives lists and objects as JSON text, and everything else as the text that the file has. Throws InputError.
 */
function decode(key: string, value: unknown, isSecret: IsSecret): unknown {
  if (isSecret(key)) {
    const fix =
      "no setting is a secret, and other stacks are checked against it: set it again without --secret";
    throw new InputError(key, "(encrypted)", fix);
  }
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    throw new InputError(key, value, `is no JSON (${(error as Error).message}): correct it`);
  }
}

/** The settings among a config, without `ecluse:` before their keys. */
function decoded(config: Values, isSecret: IsSecret): Draft {
  const [values, mistakes]: [Record<string, unknown>, Map<string, InputError>] = [{}, new Map()];
  for (const [whole, value] of Object.entries(config)) {
    if (!whole.startsWith("ecluse:")) continue;
    const key = whole.slice("ecluse:".length);
    try {
      values[key] = withoutNulls(decode(whole, value, isSecret));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      mistakes.set(key, error);
    }
  }
  return { values, broken: new Set(mistakes.keys()), mistakes: [...mistakes.values()] };
}

/** A key without a value, `null`, is as if it were not there. */
function withoutNulls(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner)]));
}

/** One of some words that the rest of the file follows from. */
function wordOf<const T extends readonly string[]>(values: Values, key: string, options: T): T[number] {
  const read = choice(options).safeParse(values[key]);
  if (read.success) return read.data;
  throw new SettingsError(mistakesOf(values, read.error.issues, [key]));
}

/** What a file of this kind and target may hold. Throws SettingsError where it names none. */
function shapeOf(values: Values): Shape {
  const kind = wordOf(values, "kind", ["forge", "environment"]);
  const schemas = stackSchemas[kind] as Readonly<Record<string, { readonly shape: Shape }>>;
  const target = wordOf(values, "target", Object.keys(schemas));
  return (schemas[target] as { readonly shape: Shape }).shape;
}

/** Reads each key by itself, so that one mistake hides no other. */
function parsed({ values, broken, mistakes }: Draft, shape: Shape): Draft {
  const known = Object.entries(shape).filter(([key]) => !broken.has(key));
  const results = known.map(([key, schema]) => ({ key, ...schema.safeParse(values[key]) }));
  const fix = `there is no such key; remove it, or use one of ${Object.keys(shape).join(", ")}`;
  const extra = Object.keys(values).filter((key) => !Object.hasOwn(shape, key) && values[key] !== undefined);
  return {
    values: Object.fromEntries(results.flatMap(({ key, data }) => (data === undefined ? [] : [[key, data]]))),
    broken: new Set([...broken, ...results.flatMap(({ key, success }) => (success ? [] : [key]))]),
    mistakes: [
      ...mistakes,
      ...results.flatMap(({ key, error }) => (error ? mistakesOf(values, error.issues, [key]) : [])),
      ...extra.map((key) => unknownKey(`ecluse:${key}`, values[key], fix)),
    ],
  };
}

/** Fills in what other keys decide where the file does not; without those, the part is not looked at any further. */
function completed({ values, broken, mistakes }: Draft): Draft {
  const { azure, profile, environment, ...rest } = values as Partial<Hosted>;
  if (!azure) return { values, broken, mistakes };
  if (!profile || !environment) return { values, broken: new Set([...broken, "azure"]), mistakes };
  const whole = completeAzure(azure, profile, environment);
  return { values: { ...rest, profile, environment, azure: whole }, broken, mistakes };
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value))
    for (const inner of Object.values(Object.freeze(value))) frozen(inner);
  return value;
}

function settingsOf(stack: string, config: Values, isSecret: IsSecret): Settings {
  const raw = decoded(config, isSecret);
  const { values, broken, mistakes } = completed(parsed(raw, shapeOf(raw.values)));
  const settings = { stack, ...values } as unknown as Settings;
  const all = [...mistakes, ...crossFieldMistakes(settings, broken), ...foreignMistakes(config, isSecret)];
  if (all.length > 0) throw new SettingsError(all, `Pulumi.${stack}.yaml`);
  return frozen(settings);
}

/**
 * Parses a stack's config (`<namespace>:<key>` to text or JSON text, as Pulumi hands it over).
 * @throws SettingsError that has of every mistake the key, the value and the fix.
 */
export const parseSettings = (
  stack: string,
  config: Readonly<Record<string, string>>,
  isSecret: IsSecret = () => false,
): Settings => settingsOf(stack, config, isSecret);

/** What `pulumi config set --secret` writes in place of a value, or of a part of it. */
const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (Object.keys(value).join() === "secure" || Object.values(value).some(isEncrypted));

/** Scalars as the text that Pulumi makes of them. */
const asText = (value: unknown) => (typeof value === "object" ? value : String(value));

/**
 * Reads the settings of a stack from the text of its `Pulumi.<stack>.yaml` and overrides, for those who do not run
 * the program.
 */
export function readSettings(
  stack: string,
  yaml: string,
  overrides: Readonly<Record<string, string>> = {},
): Settings {
  const document = parseDocument(yaml);
  const file = `Pulumi.${stack}.yaml`;
  if (document.errors[0]) throw new InputError(file, yaml.split("\n")[0], document.errors[0].message);
  const config = (document.toJS() as { config?: Values } | null)?.config ?? {};
  const texts = Object.entries(config).map(([key, value]) => [key, asText(value)]);
  const whole = { ...Object.fromEntries(texts), ...overrides } as Values;
  return settingsOf(stack, whole, (key) => isEncrypted(whole[key]));
}
