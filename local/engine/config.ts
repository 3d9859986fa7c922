import { EngineError } from "../../protocol/errors";
import type { Crypter } from "./crypter";
import type { Project, StackSettings } from "./project";

/** The settings of a run: `namespace:key` to text, and which of them are secret. */
export interface Config {
  readonly values: ReadonlyMap<string, string>;
  readonly secretKeys: ReadonlySet<string>;
}

/** Config given by the caller; a key without a namespace belongs to the project. */
export interface GivenConfig {
  readonly config?: Readonly<Record<string, string>>;
  readonly secretConfig?: Readonly<Record<string, string>>;
}

/** Puts together the project's defaults, the stack's settings and the caller's: later ones win. */
export function resolveConfig(
  project: Project,
  stack: StackSettings,
  given: GivenConfig,
  crypter: Crypter | undefined,
): Config {
  const values = new Map<string, string>();
  const secretKeys = new Set<string>();
  const set = (file: string, key: string, value: string, hidden: boolean) => {
    const full = fullKey(project.name, file, key);
    values.set(full, value);
    if (hidden) secretKeys.add(full);
    else secretKeys.delete(full);
  };
  for (const [key, entry] of Object.entries(project.config)) {
    const value = projectDefault(entry);
    if (value !== undefined) set("Pulumi.yaml", key, text(value), false);
  }
  for (const [key, entry] of Object.entries(stack.config)) {
    const opened = open(entry, stack.file, key, crypter);
    set(stack.file, key, text(opened.value), opened.hidden);
  }
  for (const [key, value] of Object.entries(given.config ?? {})) set("given config", key, value, false);
  for (const [key, value] of Object.entries(given.secretConfig ?? {})) set("given config", key, value, true);
  return { values, secretKeys };
}

/** Says whether some settings are encrypted, so that they need the passphrase. */
export function hasSecureValue(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecure(value) || Object.values(value).some(hasSecureValue);
}

/** The packages whose default provider is off: names, or `*` for all. */
export function disabledDefaults(config: Config): readonly string[] {
  const value = config.values.get("pulumi:disable-default-providers");
  if (value === undefined) return [];
  const wrong = `pulumi:disable-default-providers must be a list of package names or ["*"], got ${value}`;
  let names: unknown;
  try {
    names = JSON.parse(value);
  } catch {
    throw new EngineError(wrong);
  }
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string")) throw new EngineError(wrong);
  return names as string[];
}

function fullKey(project: string, file: string, key: string): string {
  const full = key.includes(":") ? key : `${project}:${key}`;
  if (/^[^:\s]+:[^:\s]+$/.test(full)) return full;
  throw new EngineError(`${file}: config key "${key}" must be "<namespace>:<name>"; correct it`);
}

function projectDefault(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return entry;
  const { value, default: fallback } = entry as { value?: unknown; default?: unknown };
  return value ?? fallback;
}

function isSecure(value: object): value is { secure: unknown } {
  return "secure" in value && Object.keys(value).length === 1;
}

function open(
  value: unknown,
  file: string,
  key: string,
  crypter: Crypter | undefined,
): { value: unknown; hidden: boolean } {
  if (typeof value !== "object" || value === null) return { value, hidden: false };
  if (isSecure(value)) {
    if (!crypter) {
      throw new EngineError(
        `${file}: ${key} is secure: it needs encryptionsalt in this file and a passphrase`,
      );
    }
    return { value: crypter.decrypt(String(value.secure), `${file}: ${key}`), hidden: true };
  }
  const items = Object.entries(value).map(([name, item]) => [name, open(item, file, key, crypter)] as const);
  const hidden = items.some(([, item]) => item.hidden);
  const plain = items.map(([name, item]) => [name, item.value] as const);
  return { value: Array.isArray(value) ? plain.map(([, item]) => item) : Object.fromEntries(plain), hidden };
}

/** Keys in order, as the CLI gives them to the program. */
function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(inOrder(value ?? ""));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, inOrder(item)]));
}
