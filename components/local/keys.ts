import * as pulumi from "@pulumi/pulumi";
import type { IssuerKeys, SigningKey as SigningKeyPair, WorkloadNamespace } from "../contracts";
import { workloadIssuer } from "../naming";
import { within } from "../scope";
import { Keypair } from "./resources";
import type { LocalScope } from "./scope";

/** What a key that signs released models is made from. */
export interface SigningKeyArgs {
  readonly scope: LocalScope;
}

/** The key pair that signs released models. */
export class SigningKey extends pulumi.ComponentResource implements SigningKeyPair {
  /** PEM; secret. */
  readonly privateKey: pulumi.Output<string>;
  readonly publicKey: pulumi.Output<string>;

  constructor(name: string, { scope }: SigningKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:SigningKey", name, {}, opts);
    const key = new Keypair(name, { use: "released models" }, within(scope, this).options);
    this.privateKey = key.privateKey;
    this.publicKey = key.publicKey;
    this.registerOutputs({ publicKey: this.publicKey });
  }
}

/** What the key of an environment's workload tokens is made from. */
export interface WorkloadKeyArgs {
  readonly scope: LocalScope;
  readonly useCases: readonly string[];
}

/** A JSON Web Key Set. */
export interface KeySet {
  readonly keys: unknown[];
}

/** The key pair by which the scheduler signs the tokens of workloads, as a cluster signs those of ServiceAccounts. */
export class WorkloadKey extends pulumi.ComponentResource {
  /** PEM; secret. */
  readonly privateKey: pulumi.Output<string>;
  readonly jwks: pulumi.Output<KeySet>;
  /** What servers must know to trust the tokens. */
  readonly issuer: pulumi.Output<IssuerKeys>;

  constructor(name: string, args: WorkloadKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:WorkloadKey", name, {}, opts);
    const scope = within(args.scope, this);
    const key = new Keypair(name, { use: "workload tokens" }, scope.options);
    const issuer = workloadIssuer(scope.environment);
    const namespaces = namespacesOf(args.useCases);
    this.privateKey = key.privateKey;
    // After a rotation there are two: tokens of the former key are good until they end.
    this.jwks = key.jwk.apply((jwk) => ({ keys: [JSON.parse(jwk)].flat() }));
    this.issuer = this.jwks.apply((jwks) => ({ issuer, jwks, namespaces }));
    this.registerOutputs({ jwks: this.jwks, issuer: this.issuer });
  }
}

const namespacesOf = (useCases: readonly string[]): IssuerKeys["namespaces"] =>
  Object.fromEntries(
    useCases.map((name): [string, WorkloadNamespace] => [
      name,
      { use_case: name, roles: ["serve", "monitor"] },
    ]),
  );
