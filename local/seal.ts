import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../protocol/errors";
import { writeOnce } from "./durable";

/**
 * Reads the 32-byte key `name` of this home, making it on first use.
 * Two processes that make it at once end with the same key: the first link wins.
 */
export function sealKey(home: string, name: string): Buffer {
  const folder = join(home, "keys");
  const file = join(folder, name);
  try {
    return readKey(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeOnce(file, randomBytes(32).toString("base64"));
  return readKey(file);
}

function readKey(file: string): Buffer {
  const text = readFileSync(file, "utf8");
  const key = Buffer.from(text, "base64");
  if (key.length === 32 && key.toString("base64") === text.trim()) return key;
  throw new EngineError(
    `${file} is damaged: a key is 32 bytes in base64, and it has ${text.length} characters; restore it from a ` +
      "backup. Nothing that it sealed can be opened without it",
  );
}

/** Encrypts a text with AES-256-GCM as `v1:<nonce>:<ciphertext and tag>`, both base64. */
export function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${body.toString("base64")}`;
}

/** {@link unseal} of what stands in `where`; the error names it and the key. */
export function unsealIn(where: string, home: string, name: string, sealed: string): string {
  const key = sealKey(home, name);
  try {
    return unseal(key, sealed);
  } catch (error) {
    throw new EngineError(
      `${where} cannot be opened with ${join(home, "keys", name)}: ${(error as Error).message}; one of the two is ` +
        "damaged or of another time: restore both from one backup",
    );
  }
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
