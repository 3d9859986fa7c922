/** What a value of an input must be. `?` marks an optional one; `map` is an object of strings, `json` any value. */
export type Shape = BaseShape | `${BaseShape}?`;

type BaseShape = "string" | "number" | "boolean" | "strings" | "map" | "json";

/** A kind of resource of the local provider: how one is made, changed and removed. */
export interface Kind<I extends object, O extends object> {
  /** Every input and its shape; any other input is refused. */
  readonly inputs: Readonly<Record<keyof I & string, Shape>>;
  /** Inputs and outputs that the state holds encrypted. */
  readonly secrets?: readonly string[];
  /** Inputs whose change replaces the resource. All of them, where there is no `update`. */
  readonly replaceOn?: readonly (keyof I & string)[];
  /** Makes the resource. Idempotent: after a crash it is called again with the same inputs. */
  create(inputs: I): Promise<O>;
  update?(inputs: I, state: I & O): Promise<O>;
  /** Removes what `create` made and nothing else; fine when it is gone already. */
  delete?(state: I & O): Promise<void>;
  /** Why the resource must be replaced although no input changed (an expiry near), or undefined. */
  stale?(state: I & O): string | undefined;
  /** Says what is wrong with the inputs, as `[input, reason]`. */
  validate?(inputs: I): [keyof I & string, string] | undefined;
}

/** A {@link Kind} with its types folded away, as the provider keeps them in one table. */
// biome-ignore lint/suspicious/noExplicitAny: kinds of different types; `check` proves the shapes at run time.
export type AnyKind = Kind<any, any>;

/** Why `value` is not of `shape`, or undefined when it is. */
export function mismatch(shape: Shape, value: unknown): string | undefined {
  if (value === undefined || value === null) return shape.endsWith("?") ? undefined : "is missing";
  const isStringMap = (v: unknown) =>
    typeof v === "object" && Object.values(v as object).every((x) => typeof x === "string");
  const wanted = shape.replace("?", "") as BaseShape;
  const ok: Record<BaseShape, boolean> = {
    string: typeof value === "string",
    number: typeof value === "number",
    boolean: typeof value === "boolean",
    strings: Array.isArray(value) && value.every((v) => typeof v === "string"),
    map: isStringMap(value),
    json: true,
  };
  return ok[wanted] ? undefined : `must be ${wanted}, got ${typeof value}`;
}
