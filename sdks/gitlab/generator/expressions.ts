import { nameOf, type ObjectType, type Properties, type Property, typeToken } from "./schema";

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: "string",
  boolean: "boolean",
  integer: "number",
  number: "number",
};

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** The TypeScript name of a nested type. */
export const typeName = (token: string) => pascal(nameOf(token));

/** How a type refers to nested ones: by this module's name, or directly within the module itself. */
export type Scope = "inputs." | "outputs." | "";

/** The type of a value that is known at once: what a function takes and gives. */
export function plainType(property: Property, scope: Scope): string {
  return expression(property, scope, (inner) => inner);
}

/** The type of a value that a program gives, every part of which may be an output. */
export function inputType(property: Property, scope: Scope): string {
  return expression(property, scope, (inner) => `pulumi.Input<${inner}>`);
}

function expression(property: Property, scope: Scope, wrap: (inner: string) => string): string {
  const { $ref, type = "", items, additionalProperties: values } = property;
  if ($ref) return wrap(scope + typeName(typeToken($ref)));
  if (items) return wrap(`${expression(items, scope, wrap)}[]`);
  if (values) return wrap(`Record<string, ${expression(values, scope, wrap)}>`);
  const primitive = PRIMITIVES[type];
  if (primitive === undefined) throw new Error(`type '${type}' is not known: add it to expressions.ts`);
  return wrap(primitive);
}

/** How a group of properties is written. */
export interface Style {
  readonly required: readonly string[];
  readonly secrets?: readonly string[];
  readonly scope: Scope;
  /** Whether values may be outputs. */
  readonly inputs?: boolean;
  /** Whether these are the outputs of a class. */
  readonly fields?: boolean;
}

/** The members of an interface or a class, one a line, with what the schema says of each in a word. */
export function members(properties: Properties, style: Style): string {
  const lines = Object.entries(properties).map(
    ([name, property]) => `${remark(name, property, style)}${member(name, property, style)};`,
  );
  return lines.join("\n");
}

function member(name: string, property: Property, { required, scope, inputs, fields }: Style): string {
  const optional = !required.includes(name);
  const orNothing = optional ? " | undefined" : "";
  // `declare`: the SDK has set the outputs by the time that a field would be cleared.
  if (fields) return `declare readonly ${name}: pulumi.Output<${plainType(property, scope)}${orNothing}>`;
  const type = inputs
    ? inputType(property, scope).replace(/>$/, `${orNothing}>`)
    : plainType(property, scope);
  return `readonly ${name}${optional ? "?" : ""}: ${type}`;
}

function remark(name: string, property: Property, style: Style): string {
  const words = [
    property.willReplaceOnChanges ? "A change makes a new resource." : "",
    style.secrets?.includes(name) ? "Secret." : "",
    property.deprecationMessage ? "@deprecated The provider means to drop it." : "",
  ].filter(Boolean);
  return words.length > 0 ? `/** ${words.join(" ")} */\n` : "";
}

/** A nested type as an interface of what a program gives, or of what it gets. */
export function nestedInterface(token: string, type: ObjectType, as: "input" | "output"): string {
  const inputs = as === "input";
  const filled = type.language?.nodejs?.requiredOutputs ?? [];
  const required = [...(type.required ?? []), ...(inputs ? [] : filled)];
  const body = members(type.properties ?? {}, { required, scope: "", inputs });
  return (
    `/** ${typeName(token)}, as a program ${inputs ? "gives" : "gets"} it. */\nexport interface ` +
    `${typeName(token)} {\n${body}\n}`
  );
}
