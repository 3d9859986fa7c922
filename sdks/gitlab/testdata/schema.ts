import * as gitlab from "@pulumi/gitlab";
import {
  nameOf,
  type ObjectType,
  type Properties,
  type Property,
  type Resource,
  type Schema,
} from "../generator/schema";
import { shapes } from "../runtime";
import * as nodejs from "./nodejs.json";
import { pythonPackage } from "./pythonPackage";
import { pythonSchema } from "./pythonSchema";

const python = pythonPackage();
const provider = { properties: {}, inputProperties: {} };
const none = { name: "", version: "", provider, resources: {}, functions: {}, types: {} };

/** Whether the index gives the Python package that the schema is read from. */
export const found = "folder" in python;

/**
 * The schema of what this package has, from Pulumi's Python package of the same version; empty where that is refused.
 */
export const schema: Schema =
  "folder" in python ? withNodejs(pythonSchema(python.folder, ...tokens())) : none;

/** The name of a suite that needs the schema, with the reason where it is skipped. */
export const suite = (name: string) =>
  "folder" in python ? name : `${name} (skipped: no pulumi-gitlab from the package index: ${python.refusal})`;

/** The tokens of the resources and functions that this package has. */
function tokens(): [resources: readonly string[], functions: readonly string[]] {
  const functions = Object.keys(gitlab).filter((name) => /^get.*(?<!Output)$/.test(name));
  const resources = [...shapes.keys()].filter((token) => token.includes(":"));
  return [resources, functions.map((name) => `gitlab:index/${name}:${name}`)];
}

/** Adds what only the package for Node says: outputs that are always there, and inputs that replace. */
function withNodejs(read: Schema): Schema {
  const replaces: Readonly<Record<string, readonly string[]>> = nodejs.willReplaceOnChanges;
  const needed: Readonly<Record<string, readonly string[]>> = nodejs.requiredOutputs;
  const resource = (token: string, each: Resource): Resource => ({
    ...each,
    inputProperties: mapped(each.inputProperties, (name, input) => ({
      ...input,
      willReplaceOnChanges: replaces[token]?.includes(name) ?? false,
    })),
  });
  const type = (token: string, each: ObjectType): ObjectType => ({
    ...each,
    language: { nodejs: { requiredOutputs: needed[token] ?? [] } },
  });
  return { ...read, resources: mapped(read.resources, resource), types: mapped(read.types, type) };
}

function mapped<From, To>(record: Readonly<Record<string, From>>, to: (key: string, value: From) => To) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(key, value)]));
}

/** The resources by token. */
export const resources = Object.entries(schema.resources);

/** The functions by token. */
export const functions = Object.entries(schema.functions);

/** The token that a `$ref` points at. */
export const typeOf = ($ref: string) => $ref.replace("#/types/", "");

/** The name of a nested type or of a function's interfaces, as programs write it. */
export const typeName = (token: string) => nameOf(token).replace(/^get/, "Get");

/** Arguments with a value of the right type for each property. */
export function samples(properties: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, sample(each)]));
}

function sample({ type, $ref, items, additionalProperties: values }: Property): unknown {
  if ($ref) return samples(schema.types[typeOf($ref)]?.properties ?? {});
  if (items) return [sample(items)];
  if (values) return { key: sample(values) };
  return type === "string" ? "text" : type === "boolean" ? true : 7;
}
