import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "./fixture";
import { linesOf, unprinted } from "./runner";

it("a job's log has its own lines, also those that its summary overtook, and nothing of the summary", () => {
  const log: string[] = [];
  const take = linesOf("unit-test", (text) => log.push(text));
  for (const text of [
    "parsing and downloads finished in 20 ms.",
    "unit-test starting shell (test)",
    "unit-test $ exec 3<>/dev/tcp/127.0.0.1/1",
    " FAIL  unit-test",
    "  > bash: connect: Permission denied",
    "unit-test > bash: connect: Permission denied",
    "pipeline finished in 100 ms",
  ])
    take(text);
  expect(log).toEqual([
    "starting shell (test)",
    "$ exec 3<>/dev/tcp/127.0.0.1/1",
    "bash: connect: Permission denied",
  ]);
});

it("what a job printed and nobody heard is in its file", () => {
  const folder = temporaryFolder("output-");
  writeFileSync(join(folder, "job.log"), "$ echo a\na\na\n\nlast\n");
  symlinkSync("/etc/passwd", join(folder, "link.log"));
  expect(unprinted(folder, ["starting shell (test)", "$ echo a", "a"])).toEqual(["a", "last"]);
  expect(unprinted(join(folder, "none"), [])).toEqual([]);
});
