import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { EngineError, messageOf } from "../../protocol/errors";
import type { PluginSource } from "./plugin";

/** What `Pulumi.yaml` says of a program. */
export interface Project {
  readonly name: string;
  /** The working directory of the program: the project's folder, or the one of `main`. */
  readonly programDir: string;
  /** What the SDK runs there: `.`, or the file that `main` names. */
  readonly entry: string;
  readonly plugins: readonly PluginSource[];
  /** Defaults that the project gives to every stack. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** What `Pulumi.<stack>.yaml` says; empty if there is no such file. */
export interface StackSettings {
  readonly file: string;
  readonly salt?: string;
  /** `passphrase`, or the URL of a key of a cloud's vault. */
  readonly secretsProvider: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const PROJECT_KEYS =
  "name runtime main description author website license plugins config stackConfigDir backend " +
  "requiredPulumiVersion template";
const STACK_KEYS = "config encryptionsalt encryptedkey secretsprovider";

/** Reads `Pulumi.yaml`; what the embedded engine does not support there is an error. */
export function readProject(projectDir: string): Project {
  const file = join(projectDir, "Pulumi.yaml");
  if (!existsSync(file)) throw new EngineError(`${file} does not exist; name the folder of a Pulumi project`);
  const document = readYaml(file, PROJECT_KEYS);
  const { name, main, runtime } = document;
  if (typeof name !== "string" || name === "") throw new EngineError(`${file}: "name" is missing; add one`);
  const runtimeName = typeof runtime === "object" ? (runtime as { name?: unknown } | null)?.name : runtime;
  if (runtimeName !== "nodejs") {
    throw new EngineError(
      `${file}: runtime ${JSON.stringify(runtimeName)} is not supported; only "nodejs" is`,
    );
  }
  return {
    name,
    ...entryPoint(projectDir, main),
    plugins: readPlugins(document.plugins, projectDir, file),
    config: mapOf(document.config, file, "config"),
  };
}

/** Where the program runs and from what, by the rule of the Pulumi CLI; throws for a `main` that is not there. */
function entryPoint(projectDir: string, main: unknown): Pick<Project, "programDir" | "entry"> {
  if (typeof main !== "string" || main === "") return { programDir: projectDir, entry: "." };
  const path = resolve(projectDir, main);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) {
    throw new EngineError(
      `Pulumi.yaml: main "${main}" does not exist in ${projectDir}; correct or remove it`,
    );
  }
  return found.isDirectory()
    ? { programDir: path, entry: "." }
    : { programDir: dirname(path), entry: basename(path) };
}

/** Reads `Pulumi.<stack>.yaml`. */
export function readStackSettings(projectDir: string, stack: string): StackSettings {
  const file = join(projectDir, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return { file, secretsProvider: "passphrase", config: {} };
  const document = readYaml(file, STACK_KEYS);
  const { encryptionsalt: salt, secretsprovider: provider = "passphrase" } = document;
  if (typeof provider !== "string") {
    throw new EngineError(`${file}: secretsprovider ${JSON.stringify(provider)} must be a text`);
  }
  if (salt !== undefined && typeof salt !== "string") {
    throw new EngineError(`${file}: encryptionsalt ${JSON.stringify(salt)} must be a text`);
  }
  const config = mapOf(document.config, file, "config");
  return { file, secretsProvider: provider, ...(salt ? { salt } : {}), config };
}

function readYaml(file: string, keys: string): Record<string, unknown> {
  let document: Record<string, unknown>;
  try {
    document = mapOf(parse(readFileSync(file, "utf8")), file, "the document");
  } catch (error) {
    throw error instanceof EngineError ? error : new EngineError(`${file}: ${messageOf(error)}`);
  }
  const unknown = Object.keys(document).find((key) => !keys.split(" ").includes(key));
  if (unknown === undefined) return document;
  throw new EngineError(
    `${file}: "${unknown}: ${JSON.stringify(document[unknown])}" is not a key that the embedded engine knows; ` +
      `remove it, or correct it to one of ${keys.replaceAll(" ", ", ")}`,
  );
}

function mapOf(value: unknown, file: string, key: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new EngineError(`${file}: ${key} must be a map, got ${JSON.stringify(value)}`);
}

function readPlugins(value: unknown, projectDir: string, file: string): PluginSource[] {
  const groups = mapOf(value, file, "plugins");
  const unsupported = Object.keys(groups).find((group) => group !== "providers");
  if (unsupported) throw new EngineError(`${file}: plugins.${unsupported} is not supported; remove it`);
  const providers = groups.providers ?? [];
  if (!Array.isArray(providers)) throw new EngineError(`${file}: plugins.providers must be a list`);
  return providers.map((entry: unknown) => {
    const { name, path } = mapOf(entry, file, "plugins.providers[]");
    if (typeof name !== "string" || typeof path !== "string") {
      throw new EngineError(
        `${file}: plugins.providers needs "name" and "path", got ${JSON.stringify(entry)}`,
      );
    }
    return { name, path: resolve(projectDir, path) };
  });
}
