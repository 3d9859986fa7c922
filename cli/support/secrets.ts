import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ResourceState } from "../../local/engine/document";
import { readStack } from "../../local/engine/state";
import { homeFolder } from "../../local/home";
import { secretStrings } from "../../protocol/properties";
import { STACK_TYPE } from "../../protocol/urn";
import { backendFolder, localStacks, passphraseOf } from "../stacks";

/** The words of a folder's files: keys of a home, secrets that people put there. */
function wordsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, "utf8").trim());
}

/** The parts of a secret that are secret by themselves: a mask of all of it would hide names and addresses too. */
export function essence(secret: string): string[] {
  if (/^\s*[{[]/.test(secret)) return ofDocument(secret);
  const signature = /[?&]sig=([^&]+)/.exec(secret)?.[1];
  return signature ? [signature, decodeURIComponent(signature)] : [secret];
}

/** The strings of a JSON document that open something; of another text, all of it. */
function ofDocument(text: string): string[] {
  const leaves = (value: unknown, name: string): string[] => {
    if (typeof value !== "string")
      return Object.entries(value ?? {}).flatMap(([key, item]) => leaves(item, key));
    return isSecretName(name) || /[?&]sig=/.test(value) ? essence(value) : [];
  };
  try {
    return leaves(JSON.parse(text), "");
  } catch {
    return [text];
  }
}

const isSecretName = (name: string) => /pass|secret|token|key|credential/i.test(name);

/** A CI variable is a secret in every state, and by what it holds only where it is masked. */
const isPlain = ({ type, inputs }: ResourceState) => type.endsWith(":CiVariable") && inputs?.masked === false;

async function secretsOfStack(stack: string): Promise<string[]> {
  const contents = await readStack(backendFolder(), stack, passphraseOf(stack));
  const kept = (contents?.resources ?? []).filter((state) => state.type !== STACK_TYPE && !isPlain(state));
  return kept
    .flatMap(({ inputs = {}, outputs = {} }) => [...secretStrings(inputs), ...secretStrings(outputs)])
    .flatMap((secret) => essence(secret));
}

/** Every secret that this home knows; throws where a state cannot be opened. */
export async function knownSecrets(): Promise<string[]> {
  const stacks = await Promise.all(localStacks().map(({ stack }) => secretsOfStack(stack)));
  const variables = Object.entries(process.env).flatMap(([name, value]) =>
    value && isSecretName(name) ? [value] : [],
  );
  const environments = localStacks().flatMap((each) =>
    each.kind === "forge" ? ["forge"] : [each.environment],
  );
  const files = ["keys", ...environments.flatMap((name) => [`${name}/secrets`, `${name}/tokens`])];
  const found = [
    ...stacks.flat(),
    ...variables,
    ...files.flatMap((name) => wordsIn(join(homeFolder(), name))),
  ];
  return [...new Set(found)];
}
