import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../local/home";
import { pages } from "./pages";

/** The anchors of a page, as GitLab and GitHub make them from its headings. */
const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

/** The links of a page that lead nowhere in the repository. */
function broken(page: string): string[] {
  const text = readFileSync(join(projectRoot, page), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    const [path = "", anchor] = link.split("#");
    const file = path ? join(projectRoot, dirname(page), path) : join(projectRoot, page);
    return !existsSync(file) || (anchor && !anchors(readFileSync(file, "utf8")).includes(anchor));
  });
}

it.each(pages)("the links of %s lead to files and headings that exist", (page) => {
  expect(broken(page)).toEqual([]);
});

describe("decisions", () => {
  const folder = join(projectRoot, "docs/decisions");
  const records = readdirSync(folder).filter((file) => file !== "README.md");

  it.each(records)("%s has a context, a decision and consequences, in at most 40 lines", (file) => {
    const text = readFileSync(join(folder, file), "utf8");
    expect(text.match(/^## .+$/gm)).toEqual(["## Context", "## Decision", "## Consequences"]);
    expect(text.split("\n").length).toBeLessThanOrEqual(41);
  });

  it("are all in the index, in order", () => {
    const index = readFileSync(join(folder, "README.md"), "utf8");
    expect([...index.matchAll(/\]\((\d+-.+?\.md)\)/g)].map(([, file]) => file)).toEqual(records.sort());
  });
});
