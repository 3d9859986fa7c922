import { mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { superfluous, used } from "./imageCache";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-images-"));
  for (const key of [1, 2, 3, 4, 5, 6, 7, 8]) {
    mkdirSync(join(folder, `${key}`));
    utimesSync(join(folder, `${key}`), key, key);
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

it("keeps the six images of a name that were used last", () => {
  used(join(folder, "1"));
  expect(superfluous(folder).map((layout) => basename(layout))).toEqual(["3", "2"]);
});

it("has nothing too many of a name that is new", () => {
  expect(superfluous(join(folder, "none"))).toEqual([]);
});
