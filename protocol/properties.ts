import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { EngineError } from "./errors";

/** A property value as Pulumi's RPC carries it: plain JSON, with secrets and references as signed objects. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** The named properties of a resource. */
export type Properties = { [key: string]: Value };

/** The key that marks an object as a special value. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
const ASSETS = ["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"];
const OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** The string that stands for a value not known before the resource exists. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What replaces a secret wherever people or logs can see it. */
export const BLANKED = "[secret]";

/** Says whether a value is an object, and neither null nor a list. */
export function isObject(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Says whether a value is marked secret. */
export function isSecret(value: Value | undefined): value is Properties {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

/** Marks a value as secret; one that is marked already stays as it is. */
export function secret(value: Value): Value {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

/** Rebuilds a value from the leaves up; `visit` sees every value after its children. */
export function transform(value: Value, visit: (value: Value) => Value): Value {
  if (Array.isArray(value)) return visit(value.map((item) => transform(item, visit)));
  if (!isObject(value)) return visit(value);
  return visit(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, transform(item, visit)])));
}

/** Takes the secret marks off, at every depth. */
export function reveal<T extends Value>(value: T): T {
  return transform(value, (item) => (isSecret(item) ? (item.value ?? null) : item)) as T;
}

/** Replaces every secret by `[secret]`, for people and logs. */
export function blank<T extends Value>(value: T): T {
  return transform(value, (item) => (isSecret(item) || isSealed(item) ? BLANKED : item)) as T;
}

/** Replaces resource references by the id (or the URN of a component), for providers that do not accept them. */
export function flattenReferences<T extends Value>(value: T): T {
  return transform(value, (item) => {
    if (!isObject(item) || item[SIGNATURE] !== REFERENCE) return item;
    return item.id === undefined ? (item.urn ?? null) : item.id === "" ? UNKNOWN : item.id;
  }) as T;
}

/** Says whether any value within is a secret. */
export function containsSecret(value: Value): boolean {
  return some(value, isSecret);
}

/** Says whether any value within is not known yet. */
export function containsUnknown(value: Value): boolean {
  return some(value, (item) => item === UNKNOWN);
}

/** The plain strings under the secrets of a value: what must never be printed. */
export function secretStrings(value: Value, within = false): string[] {
  if (typeof value === "string") return within ? [value] : [];
  if (isSecret(value)) return secretStrings(value.value ?? null, true);
  const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return items.flatMap((item) => secretStrings(item, within));
}

/**
 * Marks outputs secret where the input of the same name holds a secret, so that no provider can lose the mark: within
 * two objects each property by itself, else the whole value, as the CLI does. `also` names properties that the
 * program wants marked.
 */
export function inheritSecrets(outputs: Properties, inputs: Properties, also: readonly string[]): Properties {
  const mark = ([key, value]: [string, Value]): [string, Value] => {
    const input = inputs[key] ?? null;
    if (also.includes(key)) return [key, secret(reveal(value))];
    if (!containsSecret(input) || isSecret(value)) return [key, value];
    const nested = isObject(value) && isObject(input) && !isSecret(input);
    return [key, nested ? inheritSecrets(value, input, []) : secret(reveal(value))];
  };
  return Object.fromEntries(Object.entries(outputs).map(mark));
}

/** The plain value of a protobuf struct; assets and output values are refused by name. */
export function fromStruct(struct: Struct | undefined): Properties {
  const value = (struct?.toJavaScript() ?? {}) as Properties;
  if (some(value, (item) => isObject(item) && ASSETS.includes(String(item[SIGNATURE]))))
    throw new EngineError("assets and archives are not supported by the embedded engine; use the Pulumi CLI");
  if (some(value, (item) => isObject(item) && item[SIGNATURE] === OUTPUT_VALUE))
    throw new EngineError("output values are not supported by the embedded engine; use the Pulumi CLI");
  return value;
}

/** The protobuf struct of a plain value. */
export function toStruct(value: Properties): Struct {
  return Struct.fromJavaScript(value as Parameters<typeof Struct.fromJavaScript>[0]);
}

function isSealed(value: Value): boolean {
  return isObject(value) && value[SIGNATURE] === SECRET && "ciphertext" in value;
}

function some(value: Value, test: (value: Value) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  return isObject(value) && Object.values(value).some((item) => some(item, test));
}
