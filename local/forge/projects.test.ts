import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeForge, temporaryFolder } from "./fixture";
import { git } from "./git";
import { merge, pushBranch } from "./merge";
import { createProject, deleteProject, findProject, listProjects, repositoryOf } from "./projects";
import { nextPipelineId, type PipelineRecord, savePipeline } from "./records";

it("keeps ids stable, is idempotent, and gives no id twice", () => {
  const { home } = makeForge();
  expect(listProjects(home).map(({ id, path }) => [id, path])).toEqual([
    ["1", "ecluse/platform"],
    ["2", "ecluse/churn"],
  ]);
  expect(createProject(home, { path: "ecluse/churn", useCase: "churn" }).id).toBe("2");
  deleteProject(home, "2");
  deleteProject(home, "2");
  expect(existsSync(repositoryOf(home, { path: "ecluse/churn" }))).toBe(false);
  expect(() => findProject(home, "2")).toThrow("the forge has no project 2; it has: ecluse/platform");
  expect(createProject(home, { path: "ecluse/churn", useCase: "churn" }).id).toBe("3");
});

it.each(["churn", "../x/y", "Ecluse/churn", "a/b c"])("refuses the path %s", (path) => {
  const { home } = makeForge();
  expect(() => createProject(home, { path, useCase: "x" })).toThrow(/path must be like group\/project/);
});

it("refuses another use case at the same path", () => {
  const { home } = makeForge();
  expect(() => createProject(home, { path: "ecluse/churn", useCase: "other" })).toThrow(/delete it before/);
});

it("refuses a direct push to main and its deletion, and takes a branch", () => {
  const { home, project } = makeForge();
  const repository = repositoryOf(home, project);
  const clone = join(temporaryFolder("clone-"), "c");
  git("/", ["clone", "--quiet", repository, clone]);
  writeFileSync(join(clone, "a"), "a");
  git(clone, ["add", "a"]);
  git(clone, ["commit", "--quiet", "-m", "a"]);
  expect(() => git(clone, ["push", "--quiet", "origin", "main"])).toThrow(/main is protected: push a branch/);
  expect(() => git(clone, ["push", "--quiet", "origin", ":main"])).toThrow(/main is protected/);
  git(clone, ["push", "--quiet", "origin", "main:work"]);
  expect(git(repository, ["rev-parse", "work^"])).toBe(git(repository, ["rev-parse", "main"]));
});

it("commits a folder less what is ignored, keeps the commit of the same work, and skips an equal tree", () => {
  const { home, project } = makeForge();
  const folder = temporaryFolder("use case-");
  for (const [name, text] of Object.entries({
    "a.py": "a",
    ".env": "SECRET=1",
    "skip.log": "l",
    ".gitignore": "*.log",
  }))
    writeFileSync(join(folder, name), text);
  const push = { home, project, folder, branch: "work", message: "First" };
  const first = pushBranch(push);
  const repository = repositoryOf(home, project);
  expect(git(repository, ["ls-tree", "--name-only", first.sha]).split("\n")).toEqual([".gitignore", "a.py"]);
  expect(git(repository, ["log", "-1", "--format=%an <%ae>", first.sha])).toBe(
    "Écluse local <local@localhost>",
  );
  expect(pushBranch(push)).toEqual(first);
  expect(() => pushBranch({ ...push, branch: "main" })).toThrow(/main is protected/);
  git(repository, ["update-ref", "refs/heads/main", first.sha]);
  expect(pushBranch(push)).toEqual({ sha: first.sha, changed: false });
  expect(execFileSync("ls", ["-A", folder], { encoding: "utf8" })).not.toContain(".git\n");
});

it("merges only the very commit that has a green pipeline, and only forward", () => {
  const { home, project, commit } = makeForge();
  const sha = commit({ a: "1" });
  const record = {
    id: nextPipelineId(home),
    project: project.id,
    sha,
    status: "failed",
    reason: "check: no",
    jobs: [],
  };
  savePipeline(home, record as unknown as PipelineRecord);
  expect(() => merge({ home, project, branch: "work", sha })).toThrow(/is not green: check: no/);
  savePipeline(home, { ...record, status: "passed" } as unknown as PipelineRecord);
  const newer = commit({ a: "2" });
  const work = { home, project, branch: "work", sha: newer };
  expect(() => merge(work)).toThrow(`no pipeline ran for ${newer.slice(0, 8)}`);
  expect(() => merge({ ...work, sha })).toThrow(/work is at [0-9a-f]{8} now, not at/);
  git(repositoryOf(home, project), ["update-ref", "refs/heads/other", sha]);
  expect(merge({ home, project, branch: "other", sha })).toBe(sha);
  expect(() => merge(work)).toThrow(/not on top of main; push it again/);
  expect(() => merge({ ...work, branch: "gone" })).toThrow(/branch gone is not in ecluse\/churn/);
});
