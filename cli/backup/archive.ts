import { spawn } from "node:child_process";
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, createZstdDecompress } from "node:zlib";

const nonceBytes = 12;
const tagBytes = 16;

/** A file of an archive, as a manifest names it. */
export interface ArchiveFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** Runs tar in a folder; `ended` throws with what it said. */
function tar(words: readonly string[], folder: string) {
  const child = spawn("tar", ["--numeric-owner", "--directory", folder, ...words], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" },
  });
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  const ended = once(child, "close").then(([code]) => {
    if (code !== 0) throw new Error(`tar in ${folder} ended with ${code}: ${said.trim()}`);
  });
  return { output: child.stdout as Readable, input: child.stdin as Writable, ended };
}

/**
 * Seals files of a folder into one file: tar, zstd, and AES-256-GCM over all as `<nonce><ciphertext><tag>`. `exclude`
 * has patterns of tar, anchored at `folder`.
 */
export async function sealArchive(
  file: string,
  key: Buffer,
  { folder, paths, exclude }: { folder: string; paths: readonly string[]; exclude: readonly string[] },
): Promise<ArchiveFile> {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const left = exclude.map((pattern) => `--exclude=${pattern}`);
  const { output, input, ended } = tar(["--create", "--anchored", ...left, "--", ...paths], folder);
  input.end();
  const target = createWriteStream(file, { flags: "wx", mode: 0o600 });
  target.write(nonce);
  await Promise.all([ended, pipeline(output, createZstdCompress(), cipher, target, { end: false })]);
  await new Promise<void>((resolve) => target.end(cipher.getAuthTag(), resolve));
  await synced(file);
  return { bytes: statSync(file).size, sha256: await sha256Of(file) };
}

async function synced(file: string): Promise<void> {
  const handle = await open(file, "r");
  await handle.sync().finally(() => handle.close());
}

/** The SHA-256 of a file, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Opens a file of {@link sealArchive} into a folder; throws where the key is another or a byte was changed. */
export async function openArchive(file: string, key: Buffer, folder: string): Promise<void> {
  const handle = await open(file, "r");
  const end = statSync(file).size - tagBytes;
  const at = async (bytes: number, position: number) =>
    (await handle.read(Buffer.alloc(bytes), 0, bytes, position)).buffer;
  const decipher = createDecipheriv("aes-256-gcm", key, await at(nonceBytes, 0));
  decipher.setAuthTag(await at(tagBytes, end));
  await handle.close();
  const { input, output, ended } = tar(["--extract", "--preserve-permissions"], folder);
  output.resume();
  // tar is done at the archive's own end, and closes; the rest is still read, since the tag is of all.
  input.on("error", () => undefined);
  const sealed = createReadStream(file, { start: nonceBytes, end: end - 1 });
  await Promise.all([
    ended,
    pipeline(sealed, decipher, createZstdDecompress(), (parts) => feed(input, parts)),
  ]);
}

async function feed(input: Writable, parts: AsyncIterable<Buffer>): Promise<void> {
  const closed = once(input, "close");
  for await (const part of parts)
    if (!input.destroyed && !input.write(part)) await Promise.race([once(input, "drain"), closed]);
  input.end();
}
