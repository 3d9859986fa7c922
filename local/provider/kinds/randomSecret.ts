import { randomBytes } from "node:crypto";
import type { Kind } from "../kind";

/** A secret of `bytes` random bytes. */
export interface RandomSecretInputs {
  readonly bytes: number;
  readonly encoding: string;
}

/** `RandomSecret`: its output `value` is secret; a change of an input makes another. */
export const randomSecret: Kind<RandomSecretInputs, { value: string }> = {
  inputs: { bytes: "number", encoding: "string" },
  secrets: ["value"],
  validate({ bytes, encoding }) {
    if (bytes < 16) return ["bytes", `must be at least 16, got ${bytes}`];
    return encoding === "hex" || encoding === "base64"
      ? undefined
      : ["encoding", `must be hex or base64, got ${encoding}`];
  },
  async create({ bytes, encoding }) {
    return { value: randomBytes(bytes).toString(encoding as "hex" | "base64") };
  },
};
