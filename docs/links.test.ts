import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { git } from "../local/forge/git";
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

const tracked = git(projectRoot, ["ls-files"]).split("\n");
const listing = `\n${tracked.join("\n")}\n`;

/** Paths that a page names in `code` and the repository lacks: files by the end of their path, folders by all of it. */
function missing(page: string): string[] {
  const named = [...readFileSync(join(projectRoot, page), "utf8").matchAll(/`([\w.-]+(?:\/[\w.-]+)+\/?)`/g)];
  const top = new Set(tracked.map((file) => file.split("/")[0]));
  return named
    .map(([, path = ""]) => path)
    .filter((path) => /\.(ts|mjs|py|md|ya?ml|json|sh|in|lock)$/.test(path) || top.has(path.split("/")[0]))
    .filter((path) => !listing.includes(`/${path}\n`) && !listing.includes(`\n${path.replace(/\/$/, "")}`));
}

// Made by a run, or by whoever reads the page.
const elsewhere = [
  "build/importance.json",
  "docs/site",
  "docs/site/index.html",
  "forge/variables.json",
  "usecases/heating-cost",
  "src/heating_cost/features.py",
];

it.each(pages)("the files and folders that %s names exist", (page) => {
  expect(missing(page).filter((path) => !elsewhere.includes(path))).toEqual([]);
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
