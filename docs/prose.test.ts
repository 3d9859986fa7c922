import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../local/home";
import { pages } from "./pages";
import { longLines, sentences, wordsOf } from "./prose";

const read = (page: string) => readFileSync(join(projectRoot, page), "utf8");

it.each(pages)("%s has sentences of at most 25 words on average, and none over 35", (page) => {
  const lengths = sentences(read(page)).map(wordsOf);
  const average = lengths.reduce((sum, each) => sum + each, 0) / lengths.length;
  expect(average).toBeLessThanOrEqual(25);
  expect(sentences(read(page)).filter((sentence) => wordsOf(sentence) > 35)).toEqual([]);
});

it.each(pages)("%s has none of the words that only this project would understand", (page) => {
  const own = /\b(basins?|whom|told|tells|mend(s|ed)?|anew|lies|lie)\b/i;
  expect(sentences(read(page)).filter((sentence) => own.test(sentence))).toEqual([]);
});

it.each(pages)("%s has lines of at most 120 characters, but for tables, code and links", (page) => {
  expect(longLines(read(page))).toEqual([]);
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
