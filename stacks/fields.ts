/** A wrong value in a stack's config: says the key, the value and the fix. */
export class SettingsError extends Error {
  constructor(key: string, value: unknown, fix: string) {
    super(`${key} ${value === undefined ? "is not set" : `is ${JSON.stringify(value)}`}: ${fix}`);
    this.name = "SettingsError";
  }
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** Reads the fields of one object of the config by shape, and then refuses those that nobody read. */
export class Fields {
  private readonly known = new Set<string>();

  constructor(
    private readonly prefix: string,
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly file: string,
  ) {}

  /** The whole key of a field, as the file has it. */
  path(key: string): string {
    return `${this.prefix}${key}`;
  }

  private take(key: string): unknown {
    this.known.add(key);
    return this.values[key];
  }

  private refuse(key: string, value: unknown, fix: string): never {
    throw new SettingsError(this.path(key), value, `${fix} in ${this.file}`);
  }

  text(key: string, fallback?: string): string {
    const value = this.take(key) ?? fallback;
    if (typeof value === "string" && value !== "") return value;
    return this.refuse(key, value, "set it to a text");
  }

  optionalText(key: string): string | undefined {
    return this.take(key) === undefined ? undefined : this.text(key);
  }

  /** A text of a given form; `form` says which, for the error. */
  matching(key: string, pattern: RegExp, form: string, fallback?: string): string {
    const value = this.text(key, fallback);
    return pattern.test(value) ? value : this.refuse(key, value, `set it to ${form}`);
  }

  /** A list of texts, each of a given form; `fallback` when missing. */
  texts(key: string, pattern: RegExp, form: string, fallback?: readonly string[]): readonly string[] {
    const value = this.take(key) ?? fallback;
    if (!Array.isArray(value)) return this.refuse(key, value, `set it to a list of ${form}`);
    const wrong = value.findIndex((item) => typeof item !== "string" || !pattern.test(item));
    if (wrong >= 0) return this.refuse(`${key}[${wrong}]`, value[wrong], `set it to ${form}`);
    return Object.freeze([...(value as string[])]);
  }

  /** The keys that the file has, where they are names that the user chose. */
  keys(): string[] {
    return Object.keys(this.values);
  }

  /** Whether the key holds `name: value` lines. */
  isObject(key: string): boolean {
    return typeof this.values[key] === "object" && !Array.isArray(this.values[key]);
  }

  /** Whether the file has the key. */
  has(key: string): boolean {
    return this.take(key) !== undefined;
  }

  choice<T extends string>(key: string, options: readonly T[], fallback?: T): T {
    const value = this.take(key) ?? fallback;
    if (options.includes(value as T)) return value as T;
    return this.refuse(key, value, `set it to ${options.join(", ")}`);
  }

  /** True or false; Pulumi gives both as text. */
  flag(key: string, fallback: boolean): boolean {
    const value = this.take(key) ?? fallback;
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    return this.refuse(key, value, "set it to true or false");
  }

  number(key: string, { least, most, fallback }: Range & { fallback?: number }): number {
    const value = this.take(key) ?? fallback;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && number >= least && number <= most) return number;
    return this.refuse(key, value, `set it to a number from ${least} to ${most}`);
  }

  integer(key: string, range: Range & { fallback?: number }): number {
    const value = this.number(key, range);
    if (Number.isInteger(value)) return value;
    return this.refuse(key, value, "set it to a whole number");
  }

  /** An object of whole numbers; empty when missing. */
  integers(key: string, range: Range): Readonly<Record<string, number>> {
    const inner = this.object(key);
    const names = Object.keys(inner.values);
    return Object.freeze(Object.fromEntries(names.map((name) => [name, inner.integer(name, range)])));
  }

  /** The fields of an object; none when it is missing. */
  object(key: string): Fields {
    const value = this.take(key) ?? {};
    if (typeof value !== "object" || Array.isArray(value))
      return this.refuse(key, value, "set it to `name: value` lines");
    return new Fields(`${this.path(key)}.`, value as Record<string, unknown>, this.file);
  }

  /** A list of objects, at least one. */
  list(key: string): Fields[] {
    const value = this.take(key);
    if (!Array.isArray(value) || value.length === 0)
      return this.refuse(key, value, "set it to a list with at least one `- name: …`");
    return value.map((item: unknown, index) => {
      if (typeof item !== "object" || item === null)
        return this.refuse(`${key}[${index}]`, item, "set it to an object");
      return new Fields(`${this.path(key)}[${index}].`, item as Record<string, unknown>, this.file);
    });
  }

  /** Refuses the keys that nobody asked for. */
  finish(): void {
    const extra = Object.keys(this.values).find((key) => !this.known.has(key));
    if (extra)
      this.refuse(
        extra,
        this.values[extra],
        `there is no such key; remove it, or use one of ${[...this.known].join(", ")}`,
      );
  }
}
