import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../local/home";
import { pages } from "./pages";

const commands = pages.flatMap((page) => {
  const text = readFileSync(join(projectRoot, page), "utf8").replaceAll("\\\n", " ");
  return [...text.matchAll(/^helm (?:install|upgrade) .*$/gm)].map(([command]) => ({ page, command }));
});

it("each chart that the docs install has a version", () => {
  expect(commands.length).toBeGreaterThan(4);
  expect(commands.filter(({ command }) => !/ --version v?\d+\.\d+\.\d+ /.test(command))).toEqual([]);
});
