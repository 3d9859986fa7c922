import * as pulumi from "@pulumi/pulumi";

/** What GitLab masks in logs: at least eight of these characters, in one line. */
const maskable = /^[\w+/=@:.~-]{8,}$/;

/**
 * A value that GitLab can mask, as it was given.
 * @throws RunError that names the key, and never shows the value.
 */
export function checkMaskable(key: string, value: string): string {
  if (maskable.test(value)) return value;
  const wrong = value.length < 8 ? `has ${value.length} characters` : "has characters that are never masked";
  throw new pulumi.RunError(
    `CI variable ${key} ${wrong}: GitLab masks 8 or more of A-Z, a-z, 0-9, _ + / = @ : . ~ -; give it such a value`,
  );
}
