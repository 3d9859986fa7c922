import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { EngineError } from "../../protocol/errors";

const derive = promisify(pbkdf2);
const PROBE = "pulumi";

/** Encrypts and decrypts secrets as the Pulumi CLI's passphrase provider does. */
export class Crypter {
  private readonly known = new Map<string, string>();

  private constructor(
    private readonly key: Buffer,
    /** `v1:<base64 salt>:v1:<nonce>:<ciphertext of "pulumi">`: what a stack stores of its key. */
    readonly salt: string,
  ) {}

  /** Makes a key from a passphrase and a new salt. */
  static async create(passphrase: string): Promise<Crypter> {
    const salt = randomBytes(8);
    const key = await keyOf(passphrase, salt);
    return new Crypter(key, `v1:${salt.toString("base64")}:${seal(key, PROBE)}`);
  }

  /** Derives the key of a stored salt; throws an EngineError naming `where` if the passphrase is not its own. */
  static async open(passphrase: string, salt: string, where: string): Promise<Crypter> {
    const [version, encoded, ...probe] = salt.split(":");
    if (version !== "v1" || !encoded || probe.length !== 3) {
      throw new EngineError(`${where}: encryption salt "${salt}" is not "v1:<salt>:v1:<nonce>:<ciphertext>"`);
    }
    const key = await keyOf(passphrase, Buffer.from(encoded, "base64"));
    if (unseal(key, probe.join(":")) !== PROBE) {
      throw new EngineError(
        `${where}: wrong passphrase; give the one that the stack was made with (nothing has been changed). It is ` +
          "PULUMI_CONFIG_PASSPHRASE, or in the folder keys of ECLUSE_HOME: restore it from the state's backup",
      );
    }
    return new Crypter(key, salt);
  }

  /** Encrypts a text; one that was decrypted or encrypted before under the same `owner` keeps its ciphertext. */
  encrypt(text: string, owner: string): string {
    const entry = `${owner}\0${text}`;
    const ciphertext = this.known.get(entry) ?? seal(this.key, text);
    this.known.set(entry, ciphertext);
    return ciphertext;
  }

  /** Decrypts `v1:<nonce>:<ciphertext>`; throws an EngineError naming `owner` if it was damaged. */
  decrypt(ciphertext: string, owner: string): string {
    const text = unseal(this.key, ciphertext);
    if (text === undefined) throw new EngineError(`${owner}: a secret cannot be decrypted: it is damaged`);
    this.known.set(`${owner}\0${text}`, ciphertext);
    return text;
  }
}

// A million rounds take a third of a second, and one command opens the same state several times.
const keys = new Map<string, Promise<Buffer>>();

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  const name = JSON.stringify([salt.toString("base64"), passphrase]);
  const known = keys.get(name) ?? derive(passphrase, salt, 1_000_000, 32, "sha256");
  keys.set(name, known);
  return known;
}

function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

function unseal(key: Buffer, ciphertext: string): string | undefined {
  const [version, nonce, encoded] = ciphertext.split(":");
  const sealed = Buffer.from(encoded ?? "", "base64");
  if (version !== "v1" || !nonce || sealed.length < 16) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
