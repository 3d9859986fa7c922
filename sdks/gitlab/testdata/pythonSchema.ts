// Reads the generated Python package back into the parts of the provider's schema that it was generated from.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Resource, Schema, SchemaFunction } from "../generator/schema";
import { moduleOf, nameOf, type ObjectType, type Properties, type Property } from "../generator/schema";

interface Member {
  readonly name: string;
  readonly annotation: string;
}

const PLAIN: Readonly<Record<string, string>> = {
  bool: "boolean",
  float: "number",
  int: "integer",
  str: "string",
};

const snake = (name: string) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, "");

/** The token of a nested class: `ProjectHookCustomHeaderArgs`, or `outputs.GetGroupPushRuleResult`. */
function nestedToken(written: string): string {
  const name = written.replace(/^outputs\./, "").replace(/Args$/, "");
  const type = name.replace(/^Get(.*)Result$/, "get$1");
  return `gitlab:index/${type}:${type}`;
}

/** The schema's property for a Python annotation. */
function property(annotation: string): Property {
  const [, wrapper, inner = ""] = /^([\w.]+)\[(.*)\]$/.exec(annotation) ?? [];
  if (wrapper === "Sequence") return { type: "array", items: property(inner) };
  if (wrapper === "Mapping")
    return { type: "object", additionalProperties: property(inner.replace("str, ", "")) };
  if (wrapper !== undefined) return property(inner);
  const quoted = /^'(.+)'$/.exec(annotation)?.[1];
  if (quoted) return { $ref: `#/types/${nestedToken(quoted)}` };
  const type = PLAIN[annotation.replace("_builtins.", "")];
  if (!type) throw new Error(`no type of the schema is known for Python's '${annotation}'`);
  return { type };
}

const isOptional = ({ annotation }: Member) => /^(pulumi\.(In|Out)put\[)?Optional\[/.test(annotation);

/** The text of a class, up to the next thing at the left margin. */
function classText(source: string, name: string): string {
  const found = new RegExp(`^class ${name}\\b.*?(?=^\\S)`, "ms").exec(`${source}\n#`)?.[0];
  if (found === undefined) throw new Error(`the Python package has no class ${name}`);
  return found;
}

/** The properties of a class, as the provider names them. */
function members(source: string, name: string): readonly Member[] {
  const getter = /^ {4}@pulumi\.getter(?:\(name="(\w+)"\))?(?:\n\s+@.+)*\n\s+def (\w+)\(self\) -> (.+):$/gm;
  const found = [...classText(source, name).matchAll(getter)].map(
    ([, wire, python = "", annotation = ""]) => ({
      name: wire ?? python,
      annotation,
    }),
  );
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

const requiredOf = (found: readonly Member[]) =>
  found.filter((each) => !isOptional(each)).map(({ name }) => name);

function propertiesOf(found: readonly Member[], secrets: ReadonlySet<string> = new Set()): Properties {
  const entries = found.map(({ name, annotation }) => {
    const secret = secrets.has(snake(name)) || secrets.has(name);
    return [name, { ...property(annotation), ...(secret && { secret }) }] as const;
  });
  return Object.fromEntries(entries);
}

const objectOf = (found: readonly Member[]): ObjectType => ({
  properties: propertiesOf(found),
  required: requiredOf(found),
});

/** The names that a class encrypts: of its arguments in Python's spelling, of its outputs in the provider's. */
function secretsOf(text: string): ReadonlySet<string> {
  const outputs = /additional_secret_outputs=\[(.*?)\]/.exec(text)?.[1] ?? "";
  const names = [...outputs.matchAll(/"(\w+)"/g), ...text.matchAll(/pulumi\.Output\.secret\((\w+)\)/g)];
  return new Set(names.map(([, name = ""]) => name));
}

function resourceOf(source: string, name: string): Resource {
  const secrets = secretsOf(classText(source, name));
  // Where a nested type has the name already, Pulumi calls the arguments otherwise.
  const init = source.includes(`class ${name}InitArgs`);
  const inputs = members(source, init ? `${name}InitArgs` : `${name}Args`);
  const outputs = members(source, name);
  return {
    inputProperties: propertiesOf(inputs, secrets),
    requiredInputs: requiredOf(inputs),
    properties: propertiesOf(outputs, secrets),
    required: requiredOf(outputs),
  };
}

function functionOf(source: string, token: string): SchemaFunction {
  const name = nameOf(token);
  const [, signature = ""] = new RegExp(`^def ${snake(name)}\\((.*?)\\) ->`, "ms").exec(source) ?? [];
  const annotations = new Map(
    signature.split(",\n").map((each) => each.trim().split(/: | = /, 2) as [string, string]),
  );
  const text = source.slice(source.indexOf(signature), source.indexOf(`def ${snake(name)}_output(`));
  const given = [...text.matchAll(/__args__\['(\w+)'\] = (\w+)/g)].map(([, wire = "", python = ""]) => ({
    name: wire,
    annotation: annotations.get(python) ?? "",
  }));
  const outputs = objectOf(members(source, `G${name.slice(1)}Result`));
  return given.length > 0 ? { inputs: objectOf(given), outputs } : { outputs };
}

/** The tokens of nested types that are named anywhere in a part of the schema. */
const namedIn = (part: unknown) =>
  [...JSON.stringify(part).matchAll(/"#\/types\/([^"]+)"/g)].map(([, token = ""]) => token);

/** The nested types that are reached from `part`: of resources as they are given, of functions as they are got. */
function typesOf(read: (file: string) => string, part: unknown): Record<string, ObjectType> {
  const types: Record<string, ObjectType> = {};
  const open = namedIn(part);
  for (let token = open.pop(); token !== undefined; token = open.pop()) {
    if (token in types) continue;
    const name = nameOf(token);
    const got = name.startsWith("get");
    const found = got
      ? members(read("outputs"), `G${name.slice(1)}Result`)
      : members(read("_inputs"), `${name}Args`);
    const type = objectOf(found);
    types[token] = type;
    open.push(...namedIn(type));
  }
  return types;
}

/** The schema of these resources and functions, by token, as the Python package in `folder` declares them. */
export function pythonSchema(
  folder: string,
  resources: readonly string[],
  functions: readonly string[],
): Schema {
  const read = (file: string) => readFileSync(join(folder, `${file}.py`), "utf8");
  const source = (token: string) => read(snake(moduleOf(token)));
  const made = Object.fromEntries(
    resources.map((token) => [token, resourceOf(source(token), nameOf(token))]),
  );
  const asked = Object.fromEntries(functions.map((token) => [token, functionOf(source(token), token)]));
  const { name, version } = JSON.parse(readFileSync(join(folder, "pulumi-plugin.json"), "utf8"));
  const provider = resourceOf(read("provider"), "Provider");
  return { name, version, provider, resources: made, functions: asked, types: typesOf(read, [made, asked]) };
}
