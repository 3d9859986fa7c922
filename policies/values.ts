import { blank, isObject, isSecret, secret, UNKNOWN, type Value } from "../protocol/properties";
import { onceByText } from "./lookup";

/** The value under a secret's mark. */
export const plain = (value: Value | undefined): Value | undefined =>
  isSecret(value) ? plain(value.value) : value;

/** The parts of a path; one with dots, such as a label, is written in brackets. */
export const partsOf: (path: string) => readonly string[] = onceByText((path) =>
  path === "" ? [] : path.split(/\.(?![^[]*\])/).map((key) => key.replace(/^\[(.*)\]$/, "$1")),
);

/**
 * The value at a path such as `properties.networkAcls.defaultAction`, without marks of secrets; undefined where there
 * is none. UNKNOWN where it, or something on the way to it, is not known yet.
 */
export function read(root: Value | undefined, path: string): Value | undefined {
  let value = plain(root);
  for (const key of partsOf(path)) {
    if (value === UNKNOWN || value === undefined || value === null) break;
    value = plain(step(value, key));
  }
  return value === null ? undefined : value;
}

/** Whether the value at a path is marked secret, so that no finding may show it. */
export function isHidden(root: Value | undefined, path: string): boolean {
  let value = root;
  for (const key of partsOf(path)) {
    if (isSecret(value)) return true;
    if (value === undefined || value === null) return false;
    value = step(value, key);
  }
  return isSecret(value);
}

function step(value: Value, key: string): Value | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return isObject(value) ? value[key] : undefined;
}

/** The items of a list at a path: undefined where it is not known; items may be UNKNOWN, or marked as secrets. */
export function items(root: Value | undefined, path: string): readonly Value[] | undefined {
  const value = read(root, path);
  if (value === UNKNOWN) return undefined;
  const hidden = isHidden(root, path);
  return Array.isArray(value) ? value.map((item) => (hidden ? secret(item) : item)) : [];
}

/** The text at a path, or undefined where there is none that is known. */
export function text(root: Value | undefined, path: string): string | undefined {
  const value = read(root, path);
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}

const isFlat = (value: Value) =>
  !isObject(value) &&
  (!Array.isArray(value) || value.every((item) => !isObject(plain(item)) && !Array.isArray(plain(item))));

/** What is in a nested value, and nothing of what that says: it may be a secret, whatever it is called. */
const contents = (value: Value) =>
  Array.isArray(value) ? `a list of ${value.length}` : `{${Object.keys(value as object).join(", ")}}`;

/** How a value is written in a finding: never the content of what is long or nested. */
export function shown(value: Value | undefined): string {
  if (value === undefined) return "not set";
  if (value === UNKNOWN) return "not known yet";
  const written = isFlat(value)
    ? JSON.stringify(blank(value)).replaceAll(JSON.stringify(UNKNOWN), "not known yet")
    : contents(value);
  return written.length > 60 ? `${written.slice(0, 57)}…` : written;
}
