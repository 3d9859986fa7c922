import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { SigningKey as SigningKeyPair } from "../contracts";

/**
 * The EC P-256 key pair that signs released models. The private half goes to the jobs of the release, and to no other.
 */
export class SigningKey extends pulumi.ComponentResource implements SigningKeyPair {
  /** PKCS 8, PEM; secret. */
  readonly privateKey: pulumi.Output<string>;
  /** PEM. */
  readonly publicKey: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:SigningKey", name, {}, opts);
    const provider = new tls.Provider(`${name}-tls`, {}, { parent: this });
    const key = { algorithm: "ECDSA", ecdsaCurve: "P256" };
    const pair = new tls.PrivateKey(name, key, { parent: this, provider });
    this.privateKey = pair.privateKeyPemPkcs8;
    this.publicKey = pair.publicKeyPem;
    this.registerOutputs({ publicKey: this.publicKey });
  }
}
