import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ts from "typescript";
import { afterAll, describe, expect, it } from "vitest";
import { git } from "../local/forge/git";
import { nodeBinary, projectRoot } from "../local/home";
import { pages } from "./pages";

const isTest = (file: string) => /\.(test|check|cli|cluster|chain)\.ts$/.test(file);
const generated = (text: string) => text.startsWith("// Made by `npm run sdk:gitlab`");

/** Every TypeScript file that is no test and is not generated. */
const files = git(projectRoot, ["ls-files", "*.ts"])
  .split("\n")
  .filter((file) => !isTest(file) && !generated(readFileSync(join(projectRoot, file), "utf8")));

const isExported = (statement: ts.Statement) =>
  ts.canHaveModifiers(statement) &&
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** What a statement declares: `one`, or `one, two` of one `const`. */
const nameOf = (statement: ts.Statement) =>
  ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ name }) => name.getText()).join(", ")
    : ((statement as ts.DeclarationStatement).name?.getText() ?? "default");

/** The exported symbols of a file without a docstring. Of a function's overloads the first speaks for all. */
function undocumented(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2024, true);
  const exported = source.statements.filter(isExported);
  const documented = exported.filter((each) => ts.getJSDocCommentsAndTags(each).length > 0).map(nameOf);
  return exported.map(nameOf).filter((name) => !documented.includes(name));
}

describe("docstrings", () => {
  it("are on every exported symbol", () => {
    const missing = files.flatMap((file) => {
      const names = undocumented(file, readFileSync(join(projectRoot, file), "utf8"));
      return names.map((name) => `${file}: ${name}`);
    });
    expect(files.length).toBeGreaterThan(400);
    expect(missing).toEqual([]);
  });

  it("are missed where there is none", () => {
    const text =
      "/** One. */\nexport const one = 1;\n// Two.\nexport const two = 2;\nexport interface Three {}\n";
    expect(undocumented("some.ts", text)).toEqual(["two", "Three"]);
  });
});

/** All below the index. */
const documents = pages.filter((page) => page.startsWith("docs/") && page !== "docs/README.md");

describe("the site", () => {
  const site = mkdtempSync(join(tmpdir(), "ecluse-site-"));
  afterAll(() => rmSync(site, { recursive: true }));
  const titles = documents.map(
    (page) => /^# (.+)$/m.exec(readFileSync(join(projectRoot, page), "utf8"))?.[1],
  );

  it("is made without a warning, with a page of each of the docs", { timeout: 180_000 }, () => {
    const words = [join(projectRoot, "node_modules/typedoc/bin/typedoc"), "--out", site];
    expect(execFileSync(nodeBinary, words, { cwd: projectRoot, encoding: "utf8" })).not.toMatch(/warning/);
    const made = readdirSync(join(site, "documents")).map(
      (file) =>
        /<title>(.*) \| Écluse<\/title>/.exec(readFileSync(join(site, "documents", file), "utf8"))?.[1],
    );
    expect(made.map((title) => title?.replaceAll("&#39;", "'")).sort()).toEqual(titles.sort());
  });

  it("loads nothing from elsewhere", () => {
    for (const file of [
      "index.html",
      ...readdirSync(join(site, "documents")).map((name) => `documents/${name}`),
    ])
      expect(readFileSync(join(site, file), "utf8")).not.toMatch(/<(script|img|link|iframe)[^>]+"https?:/);
  });
});

it("every page of docs is in the index, for one kind of reader", () => {
  const index = readFileSync(join(projectRoot, "docs/README.md"), "utf8");
  const linked = [...index.matchAll(/\| \[.+\]\((.+\.md)\) \|$/gm)].map(([, page]) => `docs/${page}`);
  // The decisions have an index of their own.
  const expected = documents.filter((page) => !/decisions\/\d/.test(page));
  expect(linked.sort()).toEqual(expected.sort());
});
