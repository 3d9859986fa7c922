import { InputError } from "../components/errors";
import { unknownKey } from "./mistakes";

type Values = Readonly<Record<string, unknown>>;

/** Keys of Pulumi's own that change nothing of what is made. */
const harmless = ["pulumi:disable-default-providers", "pulumi:tags", "pulumi:template"];

/** Providers of the program, whose default ones are off: each is made with its settings in code. */
const providers = ["azure-native", "docker", "ecluse-local", "gitlab", "kubernetes", "random", "tls"];

const disable = "pulumi:disable-default-providers";

const parsed = (value: unknown): unknown => {
  try {
    return typeof value === "string" ? JSON.parse(value) : value;
  } catch {
    return value;
  }
};

/** Without it a resource that names no provider lands wherever this machine happens to be logged in. */
function checkDefaults(config: Values): InputError[] {
  const names = parsed(config[disable]);
  if (Array.isArray(names) && names.includes("*")) return [];
  return [new InputError(disable, names, 'set it to ["*"], so that nothing is made by a default provider')];
}

const fixFor = (namespace: string) => {
  if (namespace === "pulumi") return `is none of ${harmless.join(", ")}: remove it`;
  if (providers.includes(namespace))
    return (
      "has no effect, since default providers are off: remove it, and see docs/settings.md for the key of " +
      "ecluse that stands for it"
    );
  return `nothing reads the namespace ${namespace}: remove it, or write ecluse: before the key`;
};

/** What is wrong beside the settings themselves: keys that nothing reads. */
export function foreignMistakes(config: Values, isSecret: (key: string) => boolean): InputError[] {
  const foreign = Object.keys(config).filter((key) => !key.startsWith("ecluse:") && !harmless.includes(key));
  return [
    ...checkDefaults(config),
    ...foreign.map((key) => {
      const fix = fixFor(key.split(":")[0] as string);
      return isSecret(key) ? new InputError(key, "(encrypted)", fix) : unknownKey(key, config[key], fix);
    }),
  ];
}
