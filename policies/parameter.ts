/** A parameter of a rule, as JSON Schema. */
export interface Parameter {
  readonly type: "number" | "string" | "array";
  readonly items?: { readonly type: "string" };
  readonly description: string;
  readonly default: number | string | readonly string[];
}

/** What has parameters: a rule. */
export interface Parameterized {
  readonly id: string;
  /** By name, with defaults; policies/config.json overrides them. */
  readonly parameters?: Readonly<Record<string, Parameter>>;
}
