import { EngineError } from "../../protocol/errors";
import { containsSecret, type Properties } from "../../protocol/properties";
import { Crypter } from "./crypter";
import type { EventSink } from "./events";
import { openDocument, readDocument, stackOutputs, statePath } from "./state";

/** Where other stacks are found, and the passphrases that the caller gave for them. */
export interface Neighbours {
  readonly backendDir: string;
  readonly project: string;
  readonly passphrases: Readonly<Record<string, string>>;
  readonly events: EventSink;
}

/** The type token of a stack reference. */
export const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/**
 * Reads the outputs of another stack of the same backend folder: `stack` or `organization/project/stack`.
 * Secret outputs of a stack whose passphrase was not given are left out, with a warning that names them.
 */
export async function readStackReference(reference: string, where: Neighbours): Promise<Properties> {
  const parts = reference.split("/");
  const stack = parts.at(-1) ?? "";
  const project = parts.length > 1 ? parts.at(-2) : where.project;
  if (project !== where.project) {
    throw new EngineError(
      `stack reference "${reference}": only stacks of project "${where.project}" can be read`,
    );
  }
  const file = statePath(where.backendDir, stack);
  const document = await readDocument(file);
  if (!document)
    throw new EngineError(`stack reference "${reference}": ${file} does not exist; bring it up first`);
  const salt = document.deployment.secrets_providers?.state?.salt;
  const passphrase = where.passphrases[stack];
  const crypter = salt && passphrase !== undefined ? await Crypter.open(passphrase, salt, file) : undefined;
  const sealed = stackOutputs(document.deployment.resources ?? []);
  const secretOutputNames = Object.keys(sealed).filter((name) => containsSecret(sealed[name] ?? null));
  const readable = crypter
    ? stackOutputs(openDocument(file, document, crypter).resources)
    : withoutSecrets(sealed, reference, where.events);
  return { name: reference, outputs: readable, secretOutputNames: crypter ? secretOutputNames : [] };
}

function withoutSecrets(outputs: Properties, reference: string, events: EventSink): Properties {
  const hidden = Object.keys(outputs).filter((name) => containsSecret(outputs[name] ?? null));
  if (hidden.length > 0) {
    events.diagnose(
      "warning",
      `stack reference "${reference}": left out the secret outputs ${hidden.join(", ")}: its passphrase was not given`,
    );
  }
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !hidden.includes(name)));
}
