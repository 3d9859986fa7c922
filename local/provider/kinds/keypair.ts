import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { Kind } from "../kind";

/** An EC P-256 key pair, for ES256 signatures; `use` says what it signs. */
export interface KeypairInputs {
  readonly use: string;
}

/** What a key pair gives: PEM of both halves, and the public key as JWK (JSON text) with its thumbprint as `kid`. */
export interface KeypairOutputs {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly jwk: string;
}

/** `Keypair`: `privateKey` is secret. */
export const keypair: Kind<KeypairInputs, KeypairOutputs> = {
  inputs: { use: "string" },
  secrets: ["privateKey"],
  async create() {
    const { privateKey, publicKey } = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const jwk = createPublicKey(publicKey).export({ format: "jwk" }) as JWK;
    const named = { ...jwk, alg: "ES256", use: "sig", kid: await calculateJwkThumbprint(jwk) };
    return { privateKey, publicKey, jwk: JSON.stringify(named) };
  },
};
