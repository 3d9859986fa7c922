import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../providers/local/home";
import { nameOf, type Properties, type Property, type Schema } from "../generator/schema";

const file = join(projectRoot, "../shared/reference/gitlab-schema.json");
const none = { name: "", version: "", provider: {}, resources: {}, functions: {}, types: {} };

/** Whether the provider's schema lies beside the checkout; it is no part of the project. */
export const found = existsSync(file);

/** The provider's schema, empty where it is absent. */
export const schema: Schema = found ? JSON.parse(readFileSync(file, "utf8")) : none;

/** The name of a suite that needs the schema, with the reason where it is skipped. */
export const suite = (name: string) =>
  `${name}${found ? "" : " (skipped: the schema does not lie beside the checkout)"}`;

/** The resources by token. */
export const resources = Object.entries(schema.resources);

/** The functions by token, without the provider's own methods. */
export const functions = Object.entries(schema.functions).filter(([token]) => token.startsWith("gitlab:"));

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
