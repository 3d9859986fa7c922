import { createHash } from "node:crypto";
import { blank, isObject, type Value } from "../../protocol/properties";
import type { Resource } from "../resource";

// Whoever writes a document orders the keys as they like; what it says is the same.
const ordered = (_key: string, value: Value) =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;

/**
 * What rules read of a resource, without the content of secrets: a hash that followed it would let people try which
 * it is.
 */
function readable({ source: _line, inputs, outputs, ...rest }: Resource) {
  // No rule reads the line of the program, which moves with every edit above it.
  return { ...rest, inputs: blank(inputs), outputs: blank(outputs) };
}

/** SHA-256 of bytes or a text, in hexadecimal. */
export const sha256 = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");

/** SHA-256 of everything that rules read of resources, their secrets blanked: two runs of one plan have the same. */
export const digestOf = (resources: readonly Resource[]): string =>
  sha256(JSON.stringify(resources.map(readable), ordered));
