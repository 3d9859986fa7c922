import { EngineError } from "../../protocol/errors";
import { containsSecret } from "../../protocol/properties";
import { parseUrn } from "../../protocol/urn";
import { Crypter } from "./crypter";
import { type Contents, type Document, decode } from "./document";
import type { EventSink } from "./events";
import { readDocument } from "./state";

/** Whose state a file is to be, and the passphrase that may open its secrets. */
export interface ExportedStack {
  readonly project: string;
  readonly stack: string;
  readonly passphrase?: string;
}

/**
 * Reads the state that a preview is compared with, as `pulumi stack export` prints it. Secrets of another passphrase,
 * or of a key vault, are not known; a warning says so.
 */
export async function readExported(file: string, of: ExportedStack, events: EventSink): Promise<Contents> {
  const document = await readDocument(file, "exported");
  if (!document) throw new EngineError(`stateFile ${file} does not exist`);
  refuseOther(document, file, of);
  const crypter = await crypterOf(document, of.passphrase, file);
  if (!crypter && hasSecrets(document)) {
    const provider = document.deployment.secrets_providers?.type ?? "none";
    const message = `${file}: its secrets (provider "${provider}") are not of this passphrase: they count as unchanged`;
    events.diagnose("warning", message);
  }
  return decode(document, crypter ?? "sealed");
}

function refuseOther(document: Document, file: string, { project, stack }: ExportedStack): void {
  for (const { urn } of document.deployment.resources ?? []) {
    const found = parseUrn(urn);
    if (found.stack === stack && found.project === project) continue;
    throw new EngineError(
      `${file}: is the state of stack "${found.stack}" of project "${found.project}", not of "${stack}" ` +
        `of "${project}"; ` +
        "give that stack's own",
    );
  }
}

async function crypterOf(
  document: Document,
  passphrase: string | undefined,
  file: string,
): Promise<Crypter | undefined> {
  const { type, state } = document.deployment.secrets_providers ?? {};
  if (type !== "passphrase" || !state?.salt || passphrase === undefined) return undefined;
  // Whoever reviews a change need not have the passphrase of the stack: that is no error here.
  return Crypter.open(passphrase, state.salt, file).catch(() => undefined);
}

function hasSecrets(document: Document): boolean {
  const states = document.deployment.resources ?? [];
  return states.some(({ inputs = {}, outputs = {} }) => containsSecret(inputs) || containsSecret(outputs));
}
