import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { SigningKey as SigningKeyPair } from "../contracts";

/** What a key that signs released models is made from. */
export interface SigningKeyArgs {
  /** Which key in a row it is; from the second on, what the one before it signed is still believed. */
  readonly number: number;
}

/** What belongs to a key in the row: the first one has its name without a number. */
export const keyName = (name: string, number: number): string => (number === 1 ? name : `${name}-${number}`);

/**
 * The EC P-256 key pair that signs released models. The private half goes to the jobs of the release, and to no other.
 */
export class SigningKey extends pulumi.ComponentResource implements SigningKeyPair {
  /** PKCS 8, PEM, then the public half of the key before it; secret. */
  readonly privateKey: pulumi.Output<string>;
  /** PEM; the key before it follows. */
  readonly publicKey: pulumi.Output<string>;

  constructor(name: string, { number }: SigningKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:SigningKey", name, {}, opts);
    const provider = new tls.Provider(`${name}-tls`, {}, { parent: this });
    const key = { algorithm: "ECDSA", ecdsaCurve: "P256" };
    const pairOf = (each: number) => new tls.PrivateKey(keyName(name, each), key, { parent: this, provider });
    const present = pairOf(number);
    const former = number > 1 ? pairOf(number - 1).publicKeyPem : pulumi.output("");
    this.privateKey = pulumi.concat(present.privateKeyPemPkcs8, former);
    this.publicKey = pulumi.concat(present.publicKeyPem, former);
    this.registerOutputs({ publicKey: this.publicKey });
  }
}
