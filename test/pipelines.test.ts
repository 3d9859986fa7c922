import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeBinary, projectRoot } from "../providers/local/home";

const pipelines = [".gitlab-ci.yml", "usecases/bank-churn/.gitlab-ci.yml"];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-pipeline-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Lets gitlab-ci-local read a pipeline, which it holds against GitLab's own schema; gives what it said. */
function judge(text: string) {
  writeFileSync(join(folder, ".gitlab-ci.yml"), text);
  const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
  git("init", "-b", "main");
  git("remote", "add", "origin", "git@gitlab.example.com:ecluse/platform.git");
  git("add", ".");
  git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-m", "Pipeline");
  const program = join(projectRoot, "node_modules/gitlab-ci-local/dist/index.js");
  const { status, stdout, stderr } = spawnSync(nodeBinary, [program, "--force-shell-executor", "--list"], {
    cwd: folder,
    env: { HOME: folder, PATH: [join(projectRoot, "forge/shims"), process.env.PATH].join(delimiter) },
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

describe.each(pipelines)("%s", (file) => {
  const text = readFileSync(join(projectRoot, file), "utf8");

  it("is valid by GitLab's schema", () => {
    const { status, said } = judge(text);
    expect(said).toContain("json schema validated");
    expect(status).toBe(0);
  });

  it("would be refused with a wrong key", () => {
    const { status, said } = judge(text.replace("expire_in:", "expires:"));
    expect(said).toContain("'expires' property is not expected to be here");
    expect(status).not.toBe(0);
  });
});
