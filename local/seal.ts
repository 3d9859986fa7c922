import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeOnce } from "./durable";

/**
 * Reads the 32-byte key `name` of this home, making it on first use.
 * Two processes that make it at once end with the same key: the first link wins.
 */
export function sealKey(home: string, name: string): Buffer {
  const folder = join(home, "keys");
  const file = join(folder, name);
  try {
    return Buffer.from(readFileSync(file, "utf8"), "base64");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeOnce(file, randomBytes(32).toString("base64"));
  return Buffer.from(readFileSync(file, "utf8"), "base64");
}

/** Encrypts a text with AES-256-GCM as `v1:<nonce>:<ciphertext and tag>`, both base64. */
export function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${body.toString("base64")}`;
}

/** Decrypts what {@link seal} made; throws when the key is another or the text was changed. */
export function unseal(key: Buffer, sealed: string): string {
  const [version, nonce, body] = sealed.split(":");
  if (version !== "v1" || !nonce || !body) throw new Error("not a sealed text (v1:<nonce>:<body>)");
  const bytes = Buffer.from(body, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
}
