import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../local/forge/fixture";
import { commitOf } from "./evidence";

let folder: string;
const git = (...words: string[]) =>
  execFileSync("git", words, { cwd: folder, stdio: "pipe" }).toString().trim();
function write(file: string, text = "config: {}\n"): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

beforeEach(() => {
  folder = temporaryFolder("evidence-");
  git("init", "--quiet");
  git("config", "user.name", "ana");
  git("config", "user.email", "ana@example.com");
  write("Pulumi.dev.yaml");
  write(".gitignore", "Pulumi.own.yaml\nnotes/\n");
  git("add", ".");
  git("commit", "--quiet", "--message", "first");
});

describe("the commit of an audit", () => {
  it("is the head of a checkout that is as the head has it", async () => {
    write("notes/own.txt");
    write("audit-report/audit.json");
    expect(await commitOf(folder)).toEqual({ commit: git("rev-parse", "HEAD"), changedFiles: [] });
  });

  it.each([
    ["a stack's file that is in no commit", "Pulumi.prod.yaml"],
    ["one that git ignores", "Pulumi.own.yaml"],
    ["one that is changed", "Pulumi.dev.yaml"],
    ["a source file that is in no commit", "policies/rule.ts"],
  ])("has changes with %s", async (_what, file) => {
    write(file, "config: {a: b}\n");
    const head = git("rev-parse", "HEAD");
    expect(await commitOf(folder)).toEqual({ commit: `${head} with changes`, changedFiles: [file] });
  });

  it("is not known outside of a repository", async () => {
    expect(await commitOf(temporaryFolder("no-repository-"))).toEqual({
      commit: "unknown",
      changedFiles: [],
    });
  });
});
