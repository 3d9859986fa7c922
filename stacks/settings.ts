import { parseDocument } from "yaml";
import { checkName } from "../components/naming";
import {
  type Accountability,
  type CommonSettings,
  type EnvironmentSettings,
  type ForgeSettings,
  type Gates,
  type ProfileName,
  riskClasses,
  type TargetName,
  type UseCaseSettings,
} from "../components/settings";
import { azureSettings } from "./azure";
import { checkWhole } from "./checks";
import { clusterSettings, gitlabSettings, governanceSettings, kubernetesSettings } from "./cluster";
import { longestGap } from "./cron";
import { Fields, SettingsError } from "./fields";
import { gitlabForgeSettings } from "./gitlab";

/** A stack's config, parsed once and frozen. */
export type Settings = ForgeSettings | EnvironmentSettings;

function gates(fields: Fields): Gates {
  const metric = fields.choice("metric", ["roc_auc", "r2"], "roc_auc");
  const margins = {
    baselineMargin: fields.number("baselineMargin", { least: 0, most: 0.5, fallback: 0.02 }),
    nonInferiorityMargin: fields.number("nonInferiorityMargin", { least: 0, most: 0.5, fallback: 0.005 }),
  };
  // No skill is 0.5 of ROC AUC and 0 of R²; what can be had of R² depends on the noise of the target, so half is a start.
  const settings: Gates =
    metric === "roc_auc"
      ? {
          metric,
          floor: fields.number("floor", { least: 0.5, most: 1, fallback: 0.8 }),
          ...margins,
          maxBrier: fields.number("maxBrier", { least: 0, most: 1, fallback: 0.15 }),
        }
      : {
          metric,
          floor: fields.number("floor", { least: 0, most: 1, fallback: 0.5 }),
          ...margins,
          maxBias: fields.number("maxBias", { least: 0, most: 1, fallback: 0.1 }),
        };
  fields.finish();
  return Object.freeze(settings);
}

/** Read where others depend on a use case: on every target but this machine's. */
function accountability(fields: Fields): Accountability {
  const settings = {
    owner: fields.text("owner"),
    team: fields.text("team"),
    purpose: fields.text("purpose"),
    riskClass: fields.choice("riskClass", riskClasses),
    reviewBy: fields.matching("reviewBy", /^\d{4}-\d{2}-\d{2}$/, "a day such as 2027-06-30"),
  };
  fields.finish();
  return Object.freeze(settings);
}

function useCase(fields: Fields, target: TargetName): UseCaseSettings {
  const settings = {
    name: fields.text("name"),
    rows: fields.integer("rows", { least: 1000, most: 5_000_000, fallback: 10_000 }),
    source: fields.optionalText("source"),
    gpu: fields.flag("gpu", false),
    gates: gates(fields.object("gates")),
    ...(target !== "local" && { accountability: accountability(fields.object("accountability")) }),
  };
  fields.finish();
  const wrong = checkName(settings.name);
  if (wrong) throw new SettingsError(fields.path("name"), settings.name, wrong);
  return Object.freeze(settings);
}

function common(stack: string, fields: Fields, targets: readonly TargetName[]): CommonSettings {
  const target = fields.choice("target", targets);
  const useCases = fields.list("useCases").map((each) => useCase(each, target));
  const twice = useCases.find(
    ({ name }, index) => useCases.findIndex((other) => other.name === name) !== index,
  );
  if (twice) throw new SettingsError(fields.path("useCases"), twice.name, "is listed twice: remove one");
  return {
    stack,
    target,
    useCases,
    ports: fields.integers("ports", { least: 1024, most: 65_535 }),
  };
}

function environmentSettings(stack: string, fields: Fields): EnvironmentSettings {
  const environment = fields.text("environment");
  const wrong =
    checkName(environment) ??
    (environment === "forge" ? "is the forge's own name: choose another" : undefined);
  if (wrong) throw new SettingsError(fields.path("environment"), environment, wrong);
  const base = common(stack, fields, ["azure", "kubernetes", "local"]);
  const profile = fields.choice("profile", ["frugal", "standard", "full"], "frugal");
  return {
    kind: "environment",
    ...base,
    environment,
    tier: fields.choice("tier", ["development", "integration", "staging", "production"]),
    profile,
    forge: forgeOf(fields),
    monitorCron: cron(fields, "monitorCron", "15 2 * * *"),
    ...(fields.has("retrainCron") && { retrainCron: cron(fields, "retrainCron") }),
    governance: governanceSettings(fields.object("governance"), base.target === "local"),
    ...targetSettings(base.target, fields, environment, profile),
  };
}

function forgeSettings(stack: string, fields: Fields): ForgeSettings {
  const base = common(stack, fields, ["gitlab", "local"]);
  const gitlab = base.target === "gitlab" && { gitlab: gitlabForgeSettings(fields.object("gitlab")) };
  return { kind: "forge", ...base, ...gitlab };
}

/** The part of the file that a target asks for; another target's part is left unread, and so refused. */
function targetSettings(target: TargetName, fields: Fields, environment: string, profile: ProfileName) {
  if (target === "local") return {};
  const cluster = clusterSettings(fields.object("cluster"));
  return target === "azure"
    ? { cluster, azure: azureSettings(fields.object("azure"), environment, profile) }
    : { cluster, kubernetes: kubernetesSettings(fields.object("kubernetes")) };
}

/** A stack (local target), `none`, or the GitLab whose tokens are trusted. */
function forgeOf(fields: Fields): EnvironmentSettings["forge"] {
  if (fields.isObject("forge")) return gitlabSettings(fields.object("forge"));
  const text = fields.optionalText("forge");
  return text === "none" ? undefined : text;
}

/** A five-field cron line; that a time comes at all is its schedule's, which has numbers that fit their fields. */
function cron(fields: Fields, key: string, fallback?: string): string {
  const line = fields.text(key, fallback);
  if (longestGap(line) !== undefined) return line;
  throw new SettingsError(
    fields.path(key),
    line,
    "set it to five fields of numbers, *, / , and -, such as 15 2 * * *",
  );
}

/**
 * Parses a stack's config (`ecluse:<key>` to text or JSON text, as Pulumi hands it over).
 * @throws SettingsError that names the key, the value and the fix.
 */
export function parseSettings(stack: string, config: Readonly<Record<string, string>>): Settings {
  const own = Object.entries(config).filter(([key]) => key.startsWith("ecluse:"));
  const values = Object.fromEntries(
    own.map(([key, text]) => [key.slice("ecluse:".length), decode(key, text)]),
  );
  const fields = new Fields("ecluse:", values, `Pulumi.${stack}.yaml`);
  const kind = fields.choice("kind", ["forge", "environment"]);
  const settings: Settings =
    kind === "forge" ? forgeSettings(stack, fields) : environmentSettings(stack, fields);
  fields.finish();
  checkWhole(settings);
  return Object.freeze(settings);
}

/** Pulumi gives lists and objects as JSON text, and everything else as the text that the file has. */
function decode(key: string, text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SettingsError(key, text, `is no JSON (${(error as Error).message}): correct it`);
  }
}

/** Reads the settings of a stack from the text of its `Pulumi.<stack>.yaml` and overrides, for those who do not run the program. */
export function readSettings(
  stack: string,
  yaml: string,
  overrides: Readonly<Record<string, string>> = {},
): Settings {
  const document = parseDocument(yaml);
  if (document.errors[0]) throw new SettingsError(`Pulumi.${stack}.yaml`, "", document.errors[0].message);
  const config = (document.toJS() as { config?: Record<string, unknown> } | null)?.config ?? {};
  const texts = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  return parseSettings(stack, { ...Object.fromEntries(texts), ...overrides });
}
