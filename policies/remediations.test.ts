import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../local/home";
import { rules } from "./all";
import { omitted } from "./omitted";

const folders = readdirSync(projectRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/**
 * The paths of this repository in a text, such as `components/azure/vault.ts`, without the point of a sentence's end.
 */
function paths(text: string): string[] {
  const found = [...text.matchAll(/(?<![\w:/.-])[\w.-]+(?:\/[\w-]+(?:\.\w+)*)+/g)].map(([path]) => path);
  return found.filter((path) => folders.includes(path.split("/")[0] ?? ""));
}

const missing = (text: string) => paths(text).filter((path) => !existsSync(join(projectRoot, path)));

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [key: string]: unknown;
}

/** The settings below a part of the schema of stack files, such as `cluster.runner`. */
function settingsBelow({ properties = {}, ...rest }: Schema, path: readonly string[]): string[] {
  const named = Object.entries(properties).flatMap(([key, inner]) => {
    const own = [...path, key.replace("ecluse:", "")];
    return [own.join("."), ...settingsBelow(inner, own)];
  });
  const others = ["anyOf", "oneOf", "allOf", "items", "additionalProperties"].flatMap(
    (key) => rest[key] ?? [],
  );
  return [
    ...named,
    ...others.flatMap((inner) => (typeof inner === "object" ? settingsBelow(inner as Schema, path) : [])),
  ];
}

function settings(): ReadonlySet<string> {
  const schema = JSON.parse(readFileSync(join(projectRoot, "stacks/stack.schema.json"), "utf8")) as Schema;
  return new Set(settingsBelow(schema.properties?.config as Schema, []));
}

describe("what rules say of this repository", () => {
  it("names files that exist", () => {
    const lost = rules.flatMap(({ id, description, remediation, deviation = "" }) =>
      missing([description, remediation, deviation].join("\n")).map((path) => `${id}: ${path}`),
    );
    expect(lost).toEqual([]);
    expect(missing(omitted.map(({ reason }) => reason).join("\n"))).toEqual([]);
  });

  it("names settings that exist", () => {
    const known = settings();
    const lost = rules.flatMap(({ id, description, remediation, deviation = "" }) =>
      [...[description, remediation, deviation].join("\n").matchAll(/ecluse:([a-zA-Z]+(?:\.[a-zA-Z]+)*)/g)]
        .filter(([, path = ""]) => !known.has(path))
        .map(([key]) => `${id}: ${key}`),
    );
    expect(lost).toEqual([]);
  });

  it("is read whole: most remediations name a file", () => {
    const named = rules.filter(({ remediation }) => paths(remediation).length > 0);
    expect(named.length).toBeGreaterThan(150);
    expect(missing("Set it in components/azure/nowhere.ts.")).toEqual(["components/azure/nowhere.ts"]);
  });
});
