import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../local/home";
import { row } from "./profileTable";

/** A part of the schema that `npm run schemas` writes from the model of a report. */
interface Schema {
  readonly $ref?: string;
  /** Of what may be null. */
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const file = "python/schemas/monitor-report.json";

/** What is below a key, and how its path goes on: `[]` for each of a list, `.*` for each of a mapping. */
function below(schema: Schema): readonly [string, Schema] {
  if (schema.items) return prefixed("[]", below(schema.items));
  if (typeof schema.additionalProperties === "object")
    return prefixed(".*", below(schema.additionalProperties));
  return ["", schema.anyOf?.find(({ $ref }) => $ref) ?? schema];
}

function prefixed(mark: string, [rest, schema]: readonly [string, Schema]): readonly [string, Schema] {
  return [mark + rest, schema];
}

/** The keys of the monitor's report as a Markdown table, from the model that its tests hold it against. */
export function reportTable(): string {
  const root = JSON.parse(readFileSync(join(projectRoot, file), "utf8")) as Schema;
  const rowsOf = (path: string, schema: Schema): string[] => {
    if (!schema.description)
      throw new Error(`${file}: ${path} has no description: add a docstring to the model`);
    const [mark, { $ref }] = below(schema);
    const part = root.$defs?.[$ref?.split("/").at(-1) ?? ""];
    const inner = Object.entries(part?.properties ?? {}).flatMap(([key, each]) =>
      rowsOf(`${path}${mark}.${key}`, each),
    );
    return [row([`\`${path}\``, schema.description]), ...inner];
  };
  const rows = Object.entries(root.properties ?? {}).flatMap(([key, schema]) => rowsOf(key, schema));
  return [row(["key", "meaning"]), row(["---", "---"]), ...rows].join("\n");
}
