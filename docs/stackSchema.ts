import type { z } from "zod";
import { stackSchemas } from "../components/settings/stack";
import { jsonSchemaOf } from "./settingsTable";

type Json = Readonly<Record<string, unknown>>;

/** What editors read of a schema: without the links and the defaults in words that are the page's. */
function forEditors(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forEditors);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "shown" && key !== "$schema");
  return Object.fromEntries(
    kept.map(([key, inner]) => [
      key,
      key === "description" && typeof inner === "string"
        ? inner.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
        : forEditors(inner),
    ]),
  );
}

const defaults = {
  type: "array",
  contains: { const: "*" },
  description: 'must be `["*"]`: nothing is made by a default provider',
};

/** The config of one kind and target: its keys with `ecluse:` before them. */
function configOf(schema: z.ZodType): Json {
  const { properties = {}, required = [] } = forEditors(jsonSchemaOf(schema)) as {
    readonly properties?: Json;
    readonly required?: readonly string[];
  };
  const prefixed = Object.entries(properties).map(([key, value]) => [`ecluse:${key}`, value]);
  return {
    type: "object",
    properties: {
      "pulumi:disable-default-providers": defaults,
      "pulumi:tags": { type: "object" },
      "pulumi:template": { type: "string" },
      ...Object.fromEntries(prefixed),
    },
    required: ["pulumi:disable-default-providers", ...required.map((key) => `ecluse:${key}`)],
    additionalProperties: false,
  };
}

/** The JSON schema of a stack's file, for editors: what spans several keys is for the parser alone. */
export function stackSchema(): string {
  const kinds = Object.values(stackSchemas).flatMap((targets) => Object.values(targets) as z.ZodType[]);
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A stack of Écluse: Pulumi.<stack>.yaml",
    type: "object",
    properties: {
      config: { anyOf: kinds.map(configOf) },
      secretsprovider: { type: "string", description: "the key that seals what is secret in the state" },
      encryptedkey: { type: "string" },
      encryptionsalt: { type: "string" },
    },
    required: ["config"],
    additionalProperties: false,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
