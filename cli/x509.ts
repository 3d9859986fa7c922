import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";

/** What a certificate says, beside its key. */
export interface CertificateText {
  readonly commonName: string;
  readonly hours: number;
  /** Names of a server; a certificate without any is an authority's. */
  readonly dnsNames?: readonly string[];
}

/** A certificate authority: its name and its private key, of the curve P-256. */
export interface Issuer {
  readonly commonName: string;
  readonly key: KeyObject;
}

// Tags of ASN.1, as RFC 5280 uses them.
const [BOOLEAN, INTEGER, BITS, OCTETS, OID, UTF8, UTC, GENERALIZED] = [1, 2, 3, 4, 6, 12, 23, 24] as const;
const [SEQUENCE, SET] = [0x30, 0x31] as const;
const inContext = (number: number, constructed = true) => (constructed ? 0xa0 : 0x80) | number;

const oids = {
  commonName: "550403",
  ecdsaWithSha256: "2a8648ce3d040302",
  subjectKey: "551d0e",
  keyUsage: "551d0f",
  names: "551d11",
  constraints: "551d13",
  authorityKey: "551d23",
  extendedUsage: "551d25",
  serverAuth: "2b06010505070301",
} as const;

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}

const oid = (name: keyof typeof oids) => der(OID, Buffer.from(oids[name], "hex"));
const algorithm = der(SEQUENCE, oid("ecdsaWithSha256"));
const bits = (content: Buffer, unused = 0) => der(BITS, Buffer.from([unused]), content);

const nameOf = (commonName: string) =>
  der(SEQUENCE, der(SET, der(SEQUENCE, oid("commonName"), der(UTF8, Buffer.from(commonName)))));

function time(at: Date): Buffer {
  const text = `${at.toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2050
    ? der(UTC, Buffer.from(text.slice(2)))
    : der(GENERALIZED, Buffer.from(text));
}

const spkiOf = (key: KeyObject): Buffer =>
  (key.type === "public" ? key : createPublicKey(key)).export({ type: "spki", format: "der" });

/** The point of a key of P-256 is what its SPKI ends with. */
const keyId = (key: KeyObject) => createHash("sha1").update(spkiOf(key).subarray(-65)).digest();

const yes = der(BOOLEAN, Buffer.from([0xff]));

const extension = (name: keyof typeof oids, value: Buffer, critical = false) =>
  der(SEQUENCE, oid(name), ...(critical ? [yes] : []), der(OCTETS, value));

function extensionsOf(text: CertificateText, key: KeyObject, issuer: Issuer): Buffer[] {
  const own = [
    extension("subjectKey", der(OCTETS, keyId(key))),
    extension("authorityKey", der(SEQUENCE, der(inContext(0, false), keyId(issuer.key)))),
  ];
  if (!text.dnsNames)
    return [
      extension("constraints", der(SEQUENCE, yes), true),
      // keyCertSign and cRLSign.
      extension("keyUsage", bits(Buffer.from([0x06]), 1), true),
      ...own,
    ];
  const names = text.dnsNames.map((name) => der(inContext(2, false), Buffer.from(name)));
  return [
    extension("constraints", der(SEQUENCE), true),
    // digitalSignature.
    extension("keyUsage", bits(Buffer.from([0x80]), 7), true),
    extension("extendedUsage", der(SEQUENCE, oid("serverAuth"))),
    extension("names", der(SEQUENCE, ...names)),
    ...own,
  ];
}

function serialNumber(): Buffer {
  const serial = randomBytes(16);
  // Positive, and of its full length.
  serial[0] = (serial.readUInt8(0) & 0x7f) | 0x40;
  return der(INTEGER, serial);
}

/** A certificate for a key, PEM, as the provider `tls` makes them: P-256 and SHA-256. */
export function certificate(text: CertificateText, key: KeyObject, issuer: Issuer): string {
  const now = Date.now();
  const signed = der(
    SEQUENCE,
    der(inContext(0), der(INTEGER, Buffer.from([2]))),
    serialNumber(),
    algorithm,
    nameOf(issuer.commonName),
    der(SEQUENCE, time(new Date(now)), time(new Date(now + text.hours * 3_600_000))),
    nameOf(text.commonName),
    spkiOf(key),
    der(inContext(3), der(SEQUENCE, ...extensionsOf(text, key, issuer))),
  );
  const whole = der(SEQUENCE, signed, algorithm, bits(sign("sha256", signed, issuer.key)));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
