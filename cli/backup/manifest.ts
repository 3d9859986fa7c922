import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../stacks";
import { type ArchiveFile, sha256Of } from "./archive";
import type { Census } from "./census";
import {
  type BackupKeys,
  backupKeys,
  backupPassphrase,
  type PassphraseVariable,
  passphraseVariable,
} from "./passphrase";

/** The archive of the forge, or of one environment. */
export interface Part extends ArchiveFile {
  /** `forge`, or the name of the environment. */
  readonly name: string;
  readonly stack: string;
  /** Name of its file in the backup. */
  readonly file: string;
}

/** What a backup says of itself; it holds no secret. */
export interface Manifest {
  readonly format: 1;
  /** RFC 3339: what was acknowledged before is in it. */
  readonly taken: string;
  /** Seconds for which services were stopped. */
  readonly stoppedSeconds: number;
  /** Version of the platform that made it. */
  readonly platform: string;
  /** Its home folder, which paths in the states begin with. */
  readonly home: string;
  readonly passphrase: PassphraseVariable;
  readonly salt: string;
  readonly parts: readonly Part[];
  readonly census: Census;
}

/** A backup whose passphrase was right and whose files are as they were written. */
export interface OpenBackup {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly keys: BackupKeys;
}

/** The name of the manifest in a backup's folder. */
export const manifestName = "manifest.json";

/** The manifest as a file, with what shows that nobody changed it. */
export const manifestText = (manifest: Manifest, keys: BackupKeys): string =>
  `${JSON.stringify({ manifest, hmac: keys.authenticate(JSON.stringify(manifest)) }, null, 2)}\n`;

function readManifest(folder: string): { manifest: Manifest; hmac: string } {
  const file = join(folder, manifestName);
  if (!existsSync(file))
    throw new UserError(
      `${folder} is no backup: it has no ${manifestName}; name the folder that ecluse backup made`,
    );
  try {
    const read = JSON.parse(readFileSync(file, "utf8")) as { manifest: Manifest; hmac: string };
    if (read.manifest.format === 1) return read;
    throw new Error(`its format must be 1, got ${read.manifest.format}: use the version that made it`);
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function checkVariable({ passphrase }: Manifest): void {
  if (passphrase === passphraseVariable()) return;
  throw new UserError(
    passphrase === "PULUMI_CONFIG_PASSPHRASE"
      ? "the states of this backup have the passphrase of PULUMI_CONFIG_PASSPHRASE: set it to the same"
      : "the states of this backup have passphrases of their own: unset PULUMI_CONFIG_PASSPHRASE, and set " +
          "ECLUSE_BACKUP_PASSPHRASE",
  );
}

async function checkPart(folder: string, { file, bytes, sha256 }: Part): Promise<void> {
  const path = join(folder, file);
  const found = existsSync(path) ? statSync(path).size : 0;
  if (found === bytes && (await sha256Of(path)) === sha256) return;
  throw new UserError(
    `${path} is not as it was written (${found} of ${bytes} bytes): take another copy of the backup`,
  );
}

/** Opens a backup and verifies each of its files; nothing is changed. Throws with the file and the fix. */
export async function openBackup(folder: string): Promise<OpenBackup> {
  const { manifest, hmac } = readManifest(folder);
  checkVariable(manifest);
  const keys = backupKeys(backupPassphrase(), manifest.salt);
  if (keys.authenticate(JSON.stringify(manifest)) !== hmac)
    throw new UserError(
      `${join(folder, manifestName)}: ${manifest.passphrase} is not the backup's, or the manifest was changed; ` +
        "nothing has been restored",
    );
  for (const part of manifest.parts) await checkPart(folder, part);
  return { folder, manifest, keys };
}
