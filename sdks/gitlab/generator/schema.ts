/** A property of the provider's schema, or the type of an array's items or of a map's values. */
export interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
  readonly secret?: boolean;
  readonly willReplaceOnChanges?: boolean;
  readonly deprecationMessage?: string;
}

/** Properties by name. */
export type Properties = Readonly<Record<string, Property>>;

/** An object of the schema: a nested type, or a function's arguments or result. */
export interface ObjectType {
  readonly properties?: Properties;
  readonly required?: readonly string[];
  readonly language?: { readonly nodejs?: { readonly requiredOutputs?: readonly string[] } };
}

/** A resource of the schema. */
export interface Resource {
  readonly properties: Properties;
  readonly required?: readonly string[];
  readonly inputProperties: Properties;
  readonly requiredInputs?: readonly string[];
}

/** A function of the schema. */
export interface SchemaFunction {
  readonly inputs?: ObjectType;
  readonly outputs: ObjectType;
}

/** The parts of a Pulumi package schema that the package is made from. */
export interface Schema {
  readonly name: string;
  readonly version: string;
  readonly provider: Resource;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly functions: Readonly<Record<string, SchemaFunction>>;
  readonly types: Readonly<Record<string, ObjectType>>;
}

/** Values that the schema leaves plain and GitLab keeps as passwords and keys. */
export const EXTRA_SECRETS: Readonly<Record<string, readonly string[]>> = {
  "gitlab:index/projectVariable:ProjectVariable": ["value"],
  "gitlab:index/groupVariable:GroupVariable": ["value"],
  "gitlab:index/pipelineScheduleVariable:PipelineScheduleVariable": ["value"],
};

const KNOWN = [
  "type",
  "$ref",
  "items",
  "additionalProperties",
  "secret",
  "willReplaceOnChanges",
  "deprecationMessage",
  "description",
];

/** The name in a token: `gitlab:index/project:Project` gives `Project`. */
export const nameOf = (token: string) => token.split(":")[2] ?? token;

/** The module in a token: `gitlab:index/project:Project` gives `project`. */
export const moduleOf = (token: string) => token.split(":")[1]?.replace("index/", "") ?? token;

/** Refuses a schema that says what the generator would silently drop, such as an enumeration or a default. */
export function requireKnown({ provider, resources, functions, types }: Schema): void {
  requireKnownKeys("provider", provider.inputProperties);
  for (const [token, { properties, inputProperties }] of Object.entries(resources)) {
    requireKnownKeys(token, properties);
    requireKnownKeys(token, inputProperties);
  }
  for (const [token, { inputs, outputs }] of Object.entries(functions)) {
    requireKnownKeys(token, inputs?.properties);
    requireKnownKeys(token, outputs.properties);
  }
  for (const [token, { properties }] of Object.entries(types)) requireKnownKeys(token, properties);
}

function requireKnownKeys(where: string, properties: Properties = {}): void {
  for (const [name, property] of Object.entries(properties)) {
    const path = `${where} ${name}`;
    const unknown = Object.keys(property).find((key) => !KNOWN.includes(key));
    if (unknown !== undefined)
      throw new Error(`${path} has '${unknown}', which the generator drops: teach it in expressions.ts`);
    const { items, additionalProperties: values } = property;
    requireKnownKeys(path, { ...(items && { items }), ...(values && { values }) });
  }
}

/** The names of the secret properties, those with a secret inside included. */
export function secretNames(schema: Schema, token: string, properties: Properties): readonly string[] {
  const names = Object.keys(properties).filter((name) => isSecret(schema, properties[name]));
  return [...names, ...(EXTRA_SECRETS[token] ?? [])];
}

function isSecret(schema: Schema, property: Property | undefined): boolean {
  if (property === undefined) return false;
  if (property.secret) return true;
  const nested = property.$ref ? schema.types[typeToken(property.$ref)]?.properties : undefined;
  const inner = [property.items, property.additionalProperties, ...Object.values(nested ?? {})];
  return inner.some((each) => isSecret(schema, each));
}

/** The token that a `$ref` points at. */
export const typeToken = ($ref: string) => $ref.replace("#/types/", "");
