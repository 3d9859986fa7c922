// Writes the package from the provider's schema: npm run sdk:gitlab -- <schema.json>
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { nestedInterface } from "./expressions";
import { functionModule } from "./function";
import { withImports } from "./imports";
import { providerModule } from "./provider";
import { resourceModule } from "./resource";
import { moduleOf, nameOf, requireKnown, type Schema } from "./schema";

const PACKAGE = resolve(__dirname, "..");
const NOTE = "// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.";

function modules(schema: Schema): ReadonlyMap<string, string> {
  requireKnown(schema);
  const resources = Object.entries(schema.resources);
  const functions = Object.entries(schema.functions).filter(([token]) => token.startsWith(`${schema.name}:`));
  return new Map([
    ...resources.map(
      ([token, each]) => [`${moduleOf(token)}.ts`, resourceModule(schema, token, each)] as const,
    ),
    ...functions.map(([token, each]) => [`${moduleOf(token)}.ts`, functionModule(token, each)] as const),
    ["provider.ts", providerModule(schema)],
    ["types/input.ts", nestedModule(schema, "input")],
    ["types/output.ts", nestedModule(schema, "output")],
    ["types/index.ts", `export * as input from "./input";\nexport * as output from "./output";\n`],
    ["index.ts", indexModule([...resources, ...functions].map(([token]) => token))],
  ]);
}

function nestedModule(schema: Schema, as: "input" | "output"): string {
  const types = Object.entries(schema.types);
  const kept = as === "input" ? types.filter(([token]) => !nameOf(token).startsWith("get")) : types;
  return kept.map(([token, type]) => `\n${nestedInterface(token, type, as)}`).join("\n");
}

function indexModule(tokens: readonly string[]): string {
  const lines = [...tokens.map(moduleOf), "provider"].sort().map((module) => `export * from "./${module}";`);
  return [...lines, `export * as types from "./types";`].join("\n");
}

function main(path: string | undefined) {
  if (path === undefined) throw new Error("no schema: npm run sdk:gitlab -- <schema.json>");
  const schema: Schema = JSON.parse(readFileSync(path, "utf8"));
  mkdirSync(join(PACKAGE, "types"), { recursive: true });
  const written = [...modules(schema)].map(([name, text]) => {
    writeFileSync(join(PACKAGE, name), `${NOTE}\n${withImports(text)}\n`);
    return join(PACKAGE, name);
  });
  const biome = join(PACKAGE, "../../node_modules/@biomejs/cli-linux-x64/biome");
  execFileSync(biome, ["check", "--write", "--error-on-warnings", ...written], { stdio: "inherit" });
}

main(process.argv[2]);
