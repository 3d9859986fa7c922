import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { git } from "../local/forge/git";
import { projectRoot } from "../local/home";
import { pages } from "./pages";
import { longCodeLines, longLines, privateWords, sentences, wordsOf } from "./prose";

const read = (page: string) => readFileSync(join(projectRoot, page), "utf8");

it.each(pages)("%s has sentences of at most 25 words on average, and none over 35", (page) => {
  const lengths = sentences(read(page)).map(wordsOf);
  const average = lengths.reduce((sum, each) => sum + each, 0) / lengths.length;
  expect(average).toBeLessThanOrEqual(25);
  expect(sentences(read(page)).filter((sentence) => wordsOf(sentence) > 35)).toEqual([]);
});

it.each(pages)("%s has none of the words that only this project would understand", (page) => {
  expect(sentences(read(page)).filter((sentence) => privateWords.test(sentence))).toEqual([]);
});

it.each(pages)("%s has lines of at most 120 characters, but for tables, code and links", (page) => {
  expect(longLines(read(page))).toEqual([]);
});

describe("code", () => {
  // What a generator writes is held by its own tests; the words themselves stand in prose.ts, and in cases of this file.
  const generated = /^sdks\/(gitlab\/[^/]+\.ts|local\/)|^docs\/prose(\.test)?\.ts$/;
  const files = git(projectRoot, ["ls-files", "-z", "*.ts", "*.py", "*.mjs", "*.cjs", "*.mts"])
    .split("\0")
    .filter((file) => file && !generated.test(file));
  const found = (linesOf: (code: string) => string[]) =>
    files.flatMap((file) => linesOf(read(file)).map((line) => `${file}: ${line.trim()}`));

  it("has many files", () => expect(files.length).toBeGreaterThan(800));

  it("has none of these words, in names, comments or messages", () => {
    expect(found((code) => code.split("\n").filter((line) => privateWords.test(line)))).toEqual([]);
  });

  it("has lines of at most 120 characters", () => expect(found(longCodeLines)).toEqual([]));
});

it("reads sentences of paragraphs and lists, without tables, code and headings", () => {
  const page = [
    "# A heading of its own",
    "One sentence on",
    "two lines. Version 1.2 of `a.b. c` ends here! A [link](docs/x.md#y): no end",
    "- an item",
    "- another, with e.g. a dot",
    "",
    "| a table. |",
    "```sh",
    "code. More code.",
    "```",
    "Last.",
  ].join("\n");
  expect(sentences(page)).toEqual([
    "One sentence on two lines.",
    "Version 1.2 of CODE ends here!",
    "A link: no end",
    "an item",
    "another, with e.g. a dot",
    "Last.",
  ]);
});

it("finds a line that is too long, and leaves out what cannot be broken", () => {
  const long = `${"word ".repeat(24)}more`;
  const link = `[a page](${"x".repeat(120)})`;
  expect(longLines([long, `| ${long} |`, link, "```", long, "```", "short"].join("\n"))).toEqual([long]);
});

it("finds a line of code that is too long, and leaves out markup and texts without a space", () => {
  const long = `const text = "${"word ".repeat(24)}";`;
  const urn = `  "urn:${"x".repeat(120)}",`;
  expect(longCodeLines([long, `<p>${long}</p>`, urn, "short"].join("\n"))).toEqual([long]);
});

it.each(["whom", "told", "anew", "Mended", "lies", "basins"])("%s is a private word", (word) =>
  expect(privateWords.test(`so ${word} it`)).toBe(true),
);
