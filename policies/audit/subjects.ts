import { readFile, stat } from "node:fs/promises";
import { Crypter } from "../../local/engine/crypter";
import { decode } from "../../local/engine/document";
import { readDocument } from "../../local/engine/state";
import { EngineError } from "../../protocol/errors";
import { parseUrn } from "../../protocol/urn";
import { contextOfStack } from "../context";
import { sha256 } from "./digest";
import type { Subject } from "./model";

/**
 * A state as `pulumi stack export --file` or `ecluse` wrote it. What is secret in it stays sealed, unless
 * `passphraseOf` has its passphrase: then rules judge it as they judge a plan, and no report shows it.
 * @throws EngineError for a file that is none.
 */
export async function stateSubject(
  file: string,
  passphraseOf?: (stack: string, file: string) => string | undefined,
): Promise<Subject> {
  const document = await readDocument(file, "exported");
  if (!document) throw new EngineError(`--state ${file}: there is no such file`);
  const first = document.deployment.resources?.[0];
  const stack = first && parseUrn(first.urn).stack;
  if (!stack) throw new EngineError(`--state ${file}: it has no resources, so nothing to judge`);
  const salt = document.deployment.secrets_providers?.state?.salt;
  const passphrase = salt ? passphraseOf?.(stack, file) : undefined;
  const opened = salt && passphrase ? await Crypter.open(passphrase, salt, file) : "sealed";
  const resources = decode(document, opened).resources.filter((state) => !state.delete);
  const context = contextOfStack(stack, { state: true });
  const { time } = document.deployment.manifest;
  // A pipe, such as <(pulumi stack export), can be read once.
  const fileSha256 = (await stat(file)).isFile() ? sha256(await readFile(file)) : undefined;
  return { stack, context, judged: "state", time, resources, ...(fileSha256 && { fileSha256 }) };
}
