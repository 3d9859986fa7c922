import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EngineError, messageOf } from "../../protocol/errors";
import type { Properties } from "../../protocol/properties";
import { parseReference, STACK_TYPE } from "../../protocol/urn";
import { writeWhole } from "../durable";
import { Crypter } from "./crypter";
import { type Contents, type Document, decode, type ResourceState } from "./document";

/** The state file of a stack. */
export function statePath(backendDir: string, stack: string): string {
  if (!/^[A-Za-z0-9._-]+$/.test(stack)) {
    throw new EngineError(`stack name "${stack}" may hold only letters, digits, ".", "_" and "-"; rename it`);
  }
  return join(backendDir, `${stack}.json`);
}

/**
 * Reads and validates a state file; undefined if there is none. A damaged one is an error and stays untouched. One
 * that the Pulumi CLI exported may have its secrets sealed by any provider.
 */
export async function readDocument(
  file: string,
  origin: "own" | "exported" = "own",
): Promise<Document | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new EngineError(`${file}: cannot read the state: ${messageOf(error)}`);
  }
  try {
    const document = JSON.parse(text) as Document;
    validate(document, origin);
    return document;
  } catch (error) {
    throw new EngineError(
      origin === "exported"
        ? `${file}: is no exported state: ${messageOf(error)}; make it with pulumi stack export --file`
        : damaged(file, error),
    );
  }
}

const damaged = (file: string, error: unknown) =>
  `${file}: the state is damaged: ${messageOf(error)}; it is left as it is. ` +
  `Restore it from a backup (${file}.bak is the state before the last run)`;

/** Reads what a stack's own document holds; what cannot be opened is said with the file's name. */
export function openDocument(file: string, document: Document, crypter: Crypter | undefined): Contents {
  try {
    return decode(document, crypter);
  } catch (error) {
    // Without a crypter it is the passphrase that is missing, or the salt.
    throw new EngineError(crypter ? damaged(file, error) : `${file}: ${messageOf(error)}`);
  }
}

/** Writes a state file (0600) whole, by {@link writeWhole}. */
export async function writeDocument(file: string, document: Document): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, `${JSON.stringify(document, undefined, 4)}\n`);
}

/** Keeps a copy of the state beside it, as `<file>.bak`. */
export async function backUp(file: string): Promise<void> {
  writeWhole(`${file}.bak`, await readFile(file, "utf8"));
}

/** What is known of a stack: its resources and its outputs, secrets readable but marked. */
export interface StackContents extends Contents {
  readonly outputs: Properties;
}

/** Reads a stack of a backend folder; undefined if it was never brought up. Errors name the file and the fix. */
export async function readStack(
  backendDir: string,
  stack: string,
  passphrase?: string,
): Promise<StackContents | undefined> {
  const file = statePath(backendDir, stack);
  const document = await readDocument(file);
  if (!document) return undefined;
  const salt = document.deployment.secrets_providers?.state?.salt;
  const crypter = salt && passphrase !== undefined ? await Crypter.open(passphrase, salt, file) : undefined;
  const contents = openDocument(file, document, crypter);
  return { ...contents, outputs: stackOutputs(contents.resources) };
}

/** The outputs of the stack resource among these. */
export function stackOutputs(resources: readonly ResourceState[]): Properties {
  return resources.find((state) => state.type === STACK_TYPE && !state.delete)?.outputs ?? {};
}

/** The URNs that must exist before a resource does. */
export function prerequisites(state: ResourceState): string[] {
  const urns = [
    ...(state.dependencies ?? []),
    ...Object.values(state.propertyDependencies ?? {}).flat(),
    ...(state.parent ? [state.parent] : []),
    ...(state.deletedWith ? [state.deletedWith] : []),
    ...(state.provider ? [parseReference(state.provider).urn] : []),
  ];
  return [...new Set(urns)];
}

function validate(document: Document, origin: "own" | "exported"): void {
  if (document?.version !== 3)
    throw new Error(`"version" must be 3, got ${JSON.stringify(document?.version)}`);
  if (typeof document.deployment !== "object" || !document.deployment)
    throw new Error('"deployment" is missing');
  const provider = document.deployment.secrets_providers?.type;
  if (origin === "own" && provider && provider !== "passphrase")
    throw new Error(`secrets provider "${provider}" is not supported`);
  const seen = new Set<string>();
  for (const state of document.deployment.resources ?? []) {
    if (typeof state.urn !== "string" || typeof state.type !== "string") {
      throw new Error(`a resource has no urn or type: ${JSON.stringify(state.urn)}`);
    }
    if (state.pendingReplacement) throw new Error(`${state.urn}: "pendingReplacement" is not supported`);
    const missing = prerequisites(state).find((urn) => !seen.has(urn));
    if (missing) throw new Error(`${state.urn} refers to ${missing}, which does not come before it`);
    seen.add(state.urn);
  }
}
