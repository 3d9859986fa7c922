import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Properties } from "../../../protocol/properties";

/** An EC key pair as the resource `tls.PrivateKey` has it: the stacks ask for no other kind. */
export function privateKey({ algorithm, ecdsaCurve }: Properties): Properties {
  if (algorithm !== "ECDSA" || ecdsaCurve !== "P256")
    throw new Error(`a key of ${algorithm} ${ecdsaCurve} is asked for: bring test/node/values up to date`);
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKeyPem: `${pair.privateKey.export({ type: "sec1", format: "pem" })}`,
    privateKeyPemPkcs8: `${pair.privateKey.export({ type: "pkcs8", format: "pem" })}`,
    publicKeyPem: `${pair.publicKey.export({ type: "spki", format: "pem" })}`,
  };
}

/** Runs openssl on files with these texts; gives what it prints. */
function openssl(words: readonly string[], files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-openssl-"));
  try {
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(folder, name), text, { mode: 0o600 });
    return execFileSync("openssl", words, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const days = ({ validityPeriodHours }: Properties) => String(Math.ceil(Number(validityPeriodHours) / 24));

const subject = ({ subject: given }: Properties) => `/CN=${(given as { commonName: string }).commonName}`;

/** An authority's certificate. */
export function selfSigned(inputs: Properties): Properties {
  const extensions = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
  const added = extensions.flatMap((one) => ["-addext", one]);
  const words = ["req", "-x509", "-key", "key", "-subj", subject(inputs), "-days", days(inputs), ...added];
  return { certPem: openssl(words, { key: `${inputs.privateKeyPem}` }) };
}

/** A request for a server's certificate. */
export function certificateRequest(inputs: Properties): Properties {
  const names = (inputs.dnsNames as string[]).map((name) => `DNS:${name}`).join();
  const words = [
    "req",
    "-new",
    "-key",
    "key",
    "-subj",
    subject(inputs),
    "-addext",
    `subjectAltName=${names}`,
  ];
  return { certRequestPem: openssl(words, { key: `${inputs.privateKeyPem}` }) };
}

/** A server's certificate by an authority. */
export function signed(inputs: Properties): Properties {
  const files = {
    request: `${inputs.certRequestPem}`,
    ca: `${inputs.caCertPem}`,
    key: `${inputs.caPrivateKeyPem}`,
    extensions:
      "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n",
  };
  const by = ["-CA", "ca", "-CAkey", "key", "-CAcreateserial", "-copy_extensions", "copy"];
  const words = ["x509", "-req", "-in", "request", ...by, "-days", days(inputs), "-extfile", "extensions"];
  return { certPem: openssl(words, files) };
}

/** The hash of a certificate's subject, by which OpenSSL finds an authority in a folder. */
export const subjectHash = (certPem: string) =>
  openssl(["x509", "-noout", "-subject_hash", "-in", "certificate"], { certificate: certPem }).trim();
