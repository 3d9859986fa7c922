import { createECDH, createHash, createPrivateKey, createPublicKey } from "node:crypto";

/** Makes up values of one resource: the same in each preview, and unlike those of any other. */
export interface Inventor {
  uuid(property: string): string;
  /** Text of a length. */
  text(property: string, length: number): string;
  /** Bytes of a number, in the encoding of each property. */
  bytes(count: number, properties: Readonly<Record<string, BufferEncoding>>): Record<string, string>;
  /** An address of the range that documentation is to use. */
  address(property: string): string;
  /** A PEM block in the place of a certificate. */
  certificate(property: string): string;
  keyPair(): { readonly privateKey: string; readonly publicKey: string };
}

/** The inventor of a resource, which `seed` names; `note` keeps each value with its property. */
export function inventor(seed: string, note: (property: string, value: string) => string): Inventor {
  const hash = (property: string) => createHash("sha256").update(`${seed} ${property}`).digest("hex");
  return {
    uuid: (property) => note(property, uuid(hash(property))),
    text: (property, length) =>
      note(property, `placeholder-${hash(property)}`.repeat(4).slice(0, length || 24)),
    bytes(count, properties) {
      const value = Buffer.from(hash("bytes").repeat(Math.ceil(count / 32)), "hex").subarray(0, count);
      const encoded = Object.entries(properties).map(([property, encoding]) => {
        return [property, note(property, value.toString(encoding))] as const;
      });
      return Object.fromEntries(encoded);
    },
    address: (property) => note(property, `192.0.2.${Number.parseInt(hash(property).slice(0, 2), 16)}`),
    certificate: (property) =>
      note(property, `-----BEGIN CERTIFICATE-----\n${btoa(hash(property))}\n-----END CERTIFICATE-----\n`),
    keyPair() {
      const pair = keyPair(hash("key"));
      return {
        privateKey: note("privateKeyPem", pair.privateKey),
        publicKey: note("publicKeyPem", pair.publicKey),
      };
    },
  };
}

/** A name-based UUID, as RFC 9562 has it for values of one's own (version 8). */
function uuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A key that anyone can derive from the resource's name: well-formed, and worth nothing. */
function keyPair(hex: string): { readonly privateKey: string; readonly publicKey: string } {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(Buffer.from(hex, "hex"));
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString("base64url"));
  const d = Buffer.from(hex, "hex").toString("base64url");
  const key = createPrivateKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x, y, d } });
  return {
    privateKey: String(key.export({ type: "pkcs8", format: "pem" })),
    publicKey: String(createPublicKey(key).export({ type: "spki", format: "pem" })),
  };
}
