import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../local/home";
import { row } from "./profileTable";

/** A part of the schema that `npm run schemas` writes from the monitor's model. */
interface Schema {
  readonly $ref?: string;
  /** Of a section that need not be there. */
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const file = "python/schemas/monitor-settings.json";

/** A default as `monitor.yaml` would have it. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return `\`[${value.join(", ")}]\``;
  return typeof value === "object" ? "by key" : `\`${value}\``;
}

/** The keys of `monitor.yaml` as a Markdown table, from the model that reads it. */
export function monitorTable(): string {
  const root = JSON.parse(readFileSync(join(projectRoot, file), "utf8")) as Schema;
  const rowsOf = (path: string, schema: Schema, given: unknown): string[] => {
    if (!schema.description)
      throw new Error(`${file}: ${path} has no description: add a docstring to the model`);
    const { $ref } = [schema, ...(schema.anyOf ?? [])].find((each) => each.$ref) ?? {};
    const section = $ref ? root.$defs?.[$ref.split("/").at(-1) ?? ""] : undefined;
    const value = given ?? schema.default;
    const inner = Object.entries(section?.properties ?? {}).flatMap(([key, below]) =>
      rowsOf(`${path}.${key}`, below, (value as Record<string, unknown> | undefined)?.[key]),
    );
    const meaning = schema.description.replaceAll("\n", " ");
    return [row([`\`${path}\``, meaning, shown(value)]), ...inner];
  };
  const rows = Object.entries(root.properties ?? {}).flatMap(([key, schema]) =>
    rowsOf(key, schema, schema.default),
  );
  return [row(["key", "meaning", "default"]), row(["---", "---", "---"]), ...rows].join("\n");
}
