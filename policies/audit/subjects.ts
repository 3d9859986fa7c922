import { readFile, stat } from "node:fs/promises";
import { decode } from "../../local/engine/document";
import { readDocument } from "../../local/engine/state";
import { EngineError } from "../../protocol/errors";
import { parseUrn } from "../../protocol/urn";
import { contextOfStack } from "../context";
import { sha256 } from "./digest";
import type { Subject } from "./model";

/**
 * A state as `pulumi stack export --file` or `ecluse` wrote it; what is secret in it stays sealed.
 * @throws EngineError for a file that is none.
 */
export async function stateSubject(file: string): Promise<Subject> {
  const document = await readDocument(file, "exported");
  if (!document) throw new EngineError(`--state ${file}: there is no such file`);
  const resources = decode(document, "sealed").resources.filter((state) => !state.delete);
  const stack = resources[0] && parseUrn(resources[0].urn).stack;
  if (!stack) throw new EngineError(`--state ${file}: it has no resources, so nothing to judge`);
  const context = contextOfStack(stack, { state: true });
  const { time } = document.deployment.manifest;
  // A pipe, such as <(pulumi stack export), can be read once.
  const fileSha256 = (await stat(file)).isFile() ? sha256(await readFile(file)) : undefined;
  return { stack, context, judged: "state", time, resources, ...(fileSha256 && { fileSha256 }) };
}
