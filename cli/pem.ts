import { createPublicKey } from "node:crypto";

/** Each key of a PEM text, by itself. */
export const pemBlocks = (pem: string): string[] =>
  pem.match(/-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----\n?/g) ?? [];

/** The public halves of the keys of a PEM text, in the same order, as SPKI in PEM. */
export const publicHalves = (pem: string): string =>
  pemBlocks(pem)
    .map((block) => createPublicKey(block).export({ type: "spki", format: "pem" }))
    .join("");
