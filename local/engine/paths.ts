import {
  isObject,
  isSecret,
  type Properties,
  reveal,
  secret,
  UNKNOWN,
  type Value,
} from "../../protocol/properties";

type Path = readonly (string | number)[];

/** Splits a property path such as `a.b[0]["c.d"]`; `*` stands for any key or index. */
export function parsePath(path: string): Path {
  const parts = path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
  return [...parts].map(([, quoted, index, name]) => {
    if (quoted !== undefined) return quoted.replaceAll('\\"', '"');
    if (index !== undefined) return index === "*" ? "*" : Number(index);
    return name ?? "";
  });
}

/** Says whether a path names what `pattern` does, or something within it. */
export function pathMatches(pattern: string, path: string): boolean {
  const [left, right] = [parsePath(pattern), parsePath(path)];
  if (left.length > right.length) return false;
  return left.every((part, at) => part === "*" || String(part) === String(right[at]));
}

/** Gives the new inputs with the values at the ignored paths taken from the old ones. */
export function ignoreChanges(news: Properties, olds: Properties, paths: readonly string[]): Properties {
  return paths.reduce<Properties>((result, path) => keep(result, olds, parsePath(path)) as Properties, news);
}

/** Looks through the marks of secrets; what was marked stays so. */
function keep(next: Value | undefined, old: Value | undefined, path: Path): Value | undefined {
  if (path.length === 0) return old;
  const kept = keepWithin(unmarked(next), unmarked(old), path);
  return isSecret(next) ? secret(kept ?? null) : kept;
}

const unmarked = (value: Value | undefined) => (isSecret(value) ? value.value : value);

function keepWithin(next: Value | undefined, old: Value | undefined, path: Path): Value | undefined {
  const [part = "", ...rest] = path;
  if (part === "*") {
    const keys = new Set([...keysOf(next), ...keysOf(old)]);
    return [...keys].reduce((result, key) => keep(result, old, [key, ...rest]), next);
  }
  if (Array.isArray(next)) {
    if (!Array.isArray(old) || Number(part) >= Math.min(next.length, old.length)) return next;
    return next.map((item, at) => (at === Number(part) ? (keep(item, old[at], rest) ?? null) : item));
  }
  if (!isObject(next)) return next;
  const value = keep(next[part], isObject(old) ? old[part] : undefined, rest);
  const { [part]: _replaced, ...others } = next;
  return value === undefined ? others : { ...others, [part]: value };
}

function keysOf(value: Value | undefined): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

/** How one property changed, in the words of the Pulumi CLI. */
export interface PropertyChange {
  readonly kind: "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";
  readonly inputDiff: boolean;
}

/** The paths at which two property maps differ; secret marks do not count, nor what was never known of the old one. */
export function compare(olds: Properties, news: Properties): Record<string, PropertyChange> {
  const changes: Record<string, PropertyChange> = {};
  walk(reveal(olds), reveal(news), "", changes);
  return changes;
}

function walk(
  old: Value | undefined,
  next: Value | undefined,
  path: string,
  changes: Record<string, PropertyChange>,
): void {
  if (old === UNKNOWN || (old === undefined && next === undefined)) return;
  const both = (isObject(old) && isObject(next)) || (Array.isArray(old) && Array.isArray(next));
  if (both) {
    const keys = new Set([...keysOf(old), ...keysOf(next)]);
    for (const key of keys) {
      const at = Array.isArray(old) ? `${path}[${key}]` : joinPath(path, key);
      const item = (side: Value) => (side as Properties)[key];
      walk(item(old as Value), item(next as Value), at, changes);
    }
  } else if (old !== next) {
    const kind = old === undefined ? "add" : next === undefined ? "delete" : "update";
    changes[path] = { kind, inputDiff: true };
  }
}

/** The path of a key of what is at a path. */
export function joinPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}["${key.replaceAll('"', '\\"')}"]`;
  return path === "" ? key : `${path}.${key}`;
}
