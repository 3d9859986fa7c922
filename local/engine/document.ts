import { createHash } from "node:crypto";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { EngineError } from "../../protocol/errors";
import {
  isObject,
  isSecret,
  type Properties,
  reveal,
  SIGNATURE,
  secret,
  UNKNOWN,
  type Value,
} from "../../protocol/properties";
import type { Crypter } from "./crypter";

/** One resource of a stack, in the field names of Pulumi's deployment document; times are RFC 3339. */
export interface ResourceState {
  readonly urn: string;
  readonly custom: boolean;
  /** A replaced resource that still waits for its deletion. */
  readonly delete?: boolean;
  readonly id?: string;
  readonly type: string;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly external?: boolean;
  readonly dependencies?: readonly string[];
  readonly initErrors?: readonly string[];
  /** `<URN of the provider resource>::<its id>`. */
  readonly provider?: string;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly additionalSecretOutputs?: readonly string[];
  readonly aliases?: readonly string[];
  /** Seconds. */
  readonly customTimeouts?: Readonly<Record<string, number>>;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly created?: string;
  readonly modified?: string;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
  readonly pendingReplacement?: boolean;
  /** `project:///FILE#LINE,COLUMN` of the program. */
  readonly sourcePosition?: string;
}

/** An operation that was running when the state was written. */
export interface PendingOperation {
  readonly resource: ResourceState;
  readonly type: "creating" | "updating" | "deleting";
}

/** A Pulumi deployment document, version 3, as `pulumi stack export` prints it. */
export interface Document {
  readonly version: 3;
  readonly deployment: {
    readonly manifest: { readonly time: string; readonly magic: string; readonly version: string };
    readonly secrets_providers?: { readonly type: string; readonly state?: { readonly salt?: string } };
    readonly resources?: readonly ResourceState[];
    readonly pending_operations?: readonly PendingOperation[];
    readonly metadata?: Properties;
  };
}

/** The resources of a stack and what was left unfinished, with secrets readable. */
export interface Contents {
  readonly resources: readonly ResourceState[];
  readonly pending: readonly PendingOperation[];
}

/** Writes a stack as a document; its secrets are encrypted. */
export function encode(contents: Contents, crypter: Crypter): Document {
  const version = `v${sdkVersion}`;
  const sealed = (state: ResourceState) => convert(state, (value) => sealSecrets(value, crypter, state.urn));
  const pending = contents.pending.map((operation) => ({
    ...operation,
    resource: sealed(operation.resource),
  }));
  // `pulumi stack import` refuses a manifest whose magic is not the hash of its version.
  const magic = createHash("sha256").update(version).digest("hex");
  return {
    version: 3,
    deployment: {
      manifest: { time: new Date().toISOString(), magic, version },
      secrets_providers: { type: "passphrase", state: { salt: crypter.salt } },
      resources: contents.resources.map(sealed),
      ...(pending.length > 0 ? { pending_operations: pending } : {}),
      metadata: {},
    },
  };
}

/**
 * Reads a document; without a crypter a secret in it is an error, and "sealed" takes it as a secret that is not
 * known.
 */
export function decode(document: Document, crypter: Crypter | "sealed" | undefined): Contents {
  const open = (state: ResourceState) => convert(state, (value) => openSecrets(value, crypter, state.urn));
  const { resources = [], pending_operations: pending = [] } = document.deployment;
  return {
    resources: resources.map(open),
    pending: pending.map((operation) => ({ ...operation, resource: open(operation.resource) })),
  };
}

function convert(state: ResourceState, change: (value: Properties) => Value): ResourceState {
  return {
    ...state,
    ...(state.inputs ? { inputs: change(state.inputs) as Properties } : {}),
    ...(state.outputs ? { outputs: change(state.outputs) as Properties } : {}),
  };
}

function sealSecrets(value: Value, crypter: Crypter, owner: string): Value {
  if (isSecret(value)) {
    const text = JSON.stringify(reveal(value.value ?? null));
    return { [SIGNATURE]: value[SIGNATURE] ?? null, ciphertext: crypter.encrypt(text, owner) };
  }
  return descend(value, (item) => sealSecrets(item, crypter, owner));
}

function openSecrets(value: Value, crypter: Crypter | "sealed" | undefined, owner: string): Value {
  if (isSecret(value)) {
    if (crypter === "sealed") return secret(UNKNOWN);
    if (!crypter) throw new EngineError(`${owner} has secrets: give the passphrase of the stack`);
    const text = crypter.decrypt(String(value.ciphertext), owner);
    return secret(openSecrets(JSON.parse(text) as Value, crypter, owner));
  }
  return descend(value, (item) => openSecrets(item, crypter, owner));
}

function descend(value: Value, change: (item: Value) => Value): Value {
  if (Array.isArray(value)) return value.map(change);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
}
