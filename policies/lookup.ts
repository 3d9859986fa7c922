/** Under which keys something is found; undefined for what nobody knows yet, and so may be under any. */
export type Keys = readonly string[] | undefined;

/** Things by their keys, so that a rule that relates many asks those alone that can be related. */
export class Lookup<T> {
  /** By key, and those of no known keys; each with its place, since they are given in their first order. */
  private readonly byKey = new Map<string, number[]>();
  private readonly unknown: number[] = [];

  constructor(
    private readonly all: readonly T[],
    keysOf: (item: T) => Keys,
  ) {
    for (const [place, item] of all.entries()) {
      const keys = keysOf(item);
      if (!keys) this.unknown.push(place);
      for (const key of new Set(keys)) {
        const places = this.byKey.get(key);
        if (places) places.push(place);
        else this.byKey.set(key, [place]);
      }
    }
  }

  /**
   * Those that have one of the keys, and those that may have it, in their first order; all where the keys are not
   * known.
   */
  of(keys: Keys): readonly T[] {
    if (!keys) return this.all;
    const places = new Set(this.unknown);
    for (const key of keys) for (const place of this.byKey.get(key) ?? []) places.add(place);
    return [...places].sort((one, other) => one - other).map((place) => this.all[place] as T);
  }
}

/** Works something out once for each object that it is asked about, such as a stack; it goes when that does. */
export function once<K extends object, T>(make: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, { readonly made: T }>();
  return (key) => {
    const found = known.get(key) ?? { made: make(key) };
    known.set(key, found);
    return found.made;
  };
}

/** The same for each text, such as a path. */
export function onceByText<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const found = known.get(key) ?? make(key);
    known.set(key, found);
    return found;
  };
}
