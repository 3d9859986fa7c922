import { z } from "zod";
import { stackSchemas } from "../components/settings/stack";
import { row } from "./profileTable";

/** A JSON schema, as far as tables need it. */
interface Json {
  readonly description?: string;
  /** How the page shows the default, where it is no value. */
  readonly shown?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Json>>;
  readonly items?: Json;
  readonly anyOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
}

/** The schema of one kind and target as JSON schema, its defaults among them. */
export const jsonSchemaOf = (schema: z.ZodType) =>
  z.toJSONSchema(schema, {
    io: "input",
    target: "draft-7",
    // Zod leaves a default out where the value is read from text as well.
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === "default") jsonSchema.default = structuredClone(def.defaultValue);
    },
  }) as Json;

/** The keys of one object, of all forms that it may have. */
function keysOf({ properties = {}, required = [], anyOf, oneOf, items }: Json): [string, Json, boolean][] {
  const own = Object.entries(properties).map(([key, json]): [string, Json, boolean] => [
    key,
    json,
    required.includes(key),
  ]);
  const forms = [...(anyOf ?? []), ...(oneOf ?? []), ...(items ? [items] : [])];
  const all = [...own, ...forms.flatMap(keysOf)];
  return all.filter(([key], at) => all.findIndex(([other]) => other === key) === at);
}

function defaultOf(json: Json, required: boolean): string {
  if (json.shown) return json.shown;
  if (typeof json.default === "object") return "by key";
  if (json.default !== undefined) return `\`${String(json.default)}\``;
  return required ? "–" : "none";
}

/** A row for a key, and one for each below it. */
function rowsOf(path: string, json: Json, required: boolean): string[] {
  const inner = keysOf(json).flatMap(([key, below, needed]) =>
    rowsOf(`${path}${json.items ? "[]" : ""}.${key}`, below, needed),
  );
  const { description } = json;
  if (!description && inner.length === 0)
    throw new Error(`${path} has no description: add .describe(…) to its schema`);
  const own = description ? [row([`\`${path}\``, description, defaultOf(json, required)])] : [];
  return [...own, ...inner];
}

const head = [row(["key", "meaning", "default"]), row(["---", "---", "---"])];

function table(json: Json, pick: (key: string) => boolean): string {
  const keys = keysOf(json).filter(([key]) => pick(key));
  return [...head, ...keys.flatMap(([key, value, required]) => rowsOf(key, value, required))].join("\n");
}

/** The tables of docs/settings.md, by what a stack is. */
export function settingsTables(): Readonly<Record<string, string>> {
  const [azure, kubernetes, forge] = [
    stackSchemas.environment.azure,
    stackSchemas.environment.kubernetes,
    stackSchemas.forge.gitlab,
  ].map(jsonSchemaOf) as [Json, Json, Json];
  return {
    "settings-every-stack": table(azure, (key) => !["cluster", "azure"].includes(key)),
    "settings-cluster": table(azure, (key) => key === "cluster"),
    "settings-azure": table(azure, (key) => key === "azure"),
    "settings-kubernetes": table(kubernetes, (key) => key === "kubernetes"),
    "settings-forge": table(forge, (key) => key === "gitlab"),
  };
}
