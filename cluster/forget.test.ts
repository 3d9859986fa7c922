import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "../local/eventually";
import { forget } from "./forget";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ecluse-forget-"));
});

afterEach(() => rmSync(home, { recursive: true }));

it("takes a folder away at once, then removes it and what was left of earlier ones, and nothing else", async () => {
  for (const name of ["cluster/volumes/1", "cluster.12.removed", "cluster.backup"])
    mkdirSync(join(home, name), { recursive: true });
  writeFileSync(join(home, "cluster/volumes/1/table"), "rows");
  forget(join(home, "cluster"));
  expect(existsSync(join(home, "cluster"))).toBe(false);
  await eventually("only the backup is left", async () => readdirSync(home).join() === "cluster.backup", 10);
});

it("is content where there is no such folder", () => {
  forget(join(home, "cluster"));
  expect(readdirSync(home)).toEqual([]);
});
