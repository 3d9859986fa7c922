import { execFileSync } from "node:child_process";
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
  expect(unprinted(folder, ["starting shell (test)", "$ echo a", "a"])).toEqual(["a", "last"]);
  expect(unprinted(join(folder, "none"), [])).toEqual([]);
});

it("a job's log shows no file that the job has put in the place of its own", () => {
  const secret = temporaryFolder("secret-");
  writeFileSync(join(secret, "prod"), "production's key");
  const [linked, state] = [temporaryFolder("output-"), temporaryFolder("state-")];
  symlinkSync(join(secret, "prod"), join(linked, "job.log"));
  symlinkSync(secret, join(state, "output"));
  expect(unprinted(linked, [])).toEqual([]);
  expect(unprinted(join(state, "output"), [])).toEqual([]);
  const piped = temporaryFolder("output-");
  execFileSync("mkfifo", [join(piped, "job.log")]);
  expect(unprinted(piped, [])).toEqual([]);
});
