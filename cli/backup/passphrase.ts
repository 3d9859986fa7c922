import { createHmac, hkdfSync, randomBytes, scryptSync } from "node:crypto";
import { UserError } from "../stacks";

/** The variable that a backup's passphrase comes from: that of the states, where people gave them one. */
export type PassphraseVariable = "PULUMI_CONFIG_PASSPHRASE" | "ECLUSE_BACKUP_PASSPHRASE";

/** Where it comes from now: states of generated passphrases need one that is not lost with the machine. */
export const passphraseVariable = (): PassphraseVariable =>
  process.env.PULUMI_CONFIG_PASSPHRASE === undefined
    ? "ECLUSE_BACKUP_PASSPHRASE"
    : "PULUMI_CONFIG_PASSPHRASE";

const shortest = 12;

/** The passphrase itself; throws with the variable and the fix where there is none, or a short one. */
export function backupPassphrase(): string {
  const variable = passphraseVariable();
  const given = process.env[variable] ?? "";
  if (given.length >= shortest) return given;
  throw new UserError(
    `${variable} must have at least ${shortest} characters, got ${given.length}: set it, and keep it apart from the ` +
      "backup: nothing else opens it",
  );
}

/** The keys of one backup, all of one passphrase and salt. */
export interface BackupKeys {
  /** Seals the archive of one part; no two parts have the same. */
  archive(part: string): Buffer;
  /** Authenticates a text: only who has the passphrase can have written it. */
  authenticate(text: string): string;
}

/** A new salt, base64. */
export const newSalt = (): string => randomBytes(16).toString("base64");

/** Derives a backup's keys: half a second of work and 128 MB for each passphrase that is tried. */
export function backupKeys(passphrase: string, salt: string): BackupKeys {
  const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };
  const master = scryptSync(passphrase, Buffer.from(salt, "base64"), 32, cost);
  const key = (use: string) => Buffer.from(hkdfSync("sha256", master, "", use, 32));
  return {
    archive: (part) => key(`archive of ${part}`),
    authenticate: (text) => createHmac("sha256", key("manifest")).update(text).digest("hex"),
  };
}
