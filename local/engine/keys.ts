import { hasSecureValue } from "./config";
import { Crypter } from "./crypter";
import type { Document } from "./document";
import type { RunOptions } from "./options";
import type { StackSettings } from "./project";

/** Derives the keys of the state and of the stack's settings, as far as there is a passphrase for them. */
export async function openCrypters(
  options: RunOptions,
  settings: StackSettings,
  document: Document | undefined,
  file: string,
): Promise<{ state: Crypter | undefined; config: Crypter | undefined }> {
  const { passphrase } = options;
  const stateSalt = document?.deployment.secrets_providers?.state?.salt;
  if (passphrase === undefined) return { state: undefined, config: undefined };
  const secure = settings.salt !== undefined && (hasSecureValue(settings.config) || !stateSalt);
  const config = secure && settings.salt ? Crypter.open(passphrase, settings.salt, settings.file) : undefined;
  // Deriving a key takes most of a second: one salt is derived once.
  const ofState =
    stateSalt === undefined
      ? (config ?? (options.operation === "preview" ? undefined : Crypter.create(passphrase)))
      : stateSalt === settings.salt && config
        ? config
        : Crypter.open(passphrase, stateSalt, file);
  const [state, ofConfig] = await Promise.all([ofState, config]);
  return { state, config: ofConfig };
}
