import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { features, killedRun, refused } from "../test/cli/features";

const page = readFileSync(join(__dirname, "engine.md"), "utf8");

/**
 * The tests that the table of features names: what stands in backticks in the last of its three columns; other
 * sections have tables too.
 */
const named = (/^## Features$(.*?)^## /ms.exec(page)?.[1] ?? "")
  .split("\n")
  .map((line) => line.split("|"))
  .filter((cells) => cells.length === 5)
  .flatMap((cells) => [...(cells[3] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name));

test("the table of features names each test of conformance once, and no other", () => {
  const tests = [...features, ...refused].map(({ name }) => name);
  expect([...named].sort()).toEqual([...tests, killedRun].sort());
});
