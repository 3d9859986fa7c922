import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const root = join(__dirname, "..");

/** The files that a file imports by relative path, apart from imports of types, which are gone at run time. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from "(\.[^"]+)"/gms);
  return [...found].map(([, path = ""]) => resolve(dirname(file), path)).map(fileOf);
}

function fileOf(path: string): string {
  const found = [path, `${path}.ts`, join(path, "index.ts")].find(
    (each) => /\.\w+$/.test(each) && existsSync(each),
  );
  if (!found) throw new Error(`${path} is no file`);
  return found;
}

/** Everything that a program loads of this repository. */
function loaded(entry: string): string[] {
  const seen = new Set<string>();
  const todo = [entry];
  for (let file = todo.pop(); file; file = todo.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    if (file.endsWith(".ts")) todo.push(...importsOf(file));
  }
  return [...seen].map((file) => relative(root, file)).sort();
}

it("the policy pack loads nothing of the laptop, of the command or of the audit", () => {
  const files = loaded(join(__dirname, "index.ts"));
  expect(files.length).toBeGreaterThan(80);
  expect(files).toContain("protocol/properties.ts");
  expect(files.filter((file) => /^(local|cli|docs|test|policies\/audit)\//.test(file))).toEqual([]);
});
