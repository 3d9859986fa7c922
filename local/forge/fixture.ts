import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { git } from "./git";
import { pushBranch } from "./merge";
import { runPipeline } from "./pipeline";
import { createProject, type Project, repositoryOf } from "./projects";
import type { PipelineRecord } from "./records";
import type { PipelineOptions } from "./run";

const ROOT = join(__dirname, "../..");

/** The two environments that tests run against. */
export const ENVIRONMENTS = [
  { name: "dev", tier: "development" },
  { name: "prod", tier: "production" },
];

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder that is removed when the test file is done. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  made.push(folder);
  return folder;
}

/** A forge in a folder of its own, its path with a space, with one project. */
export interface Fixture {
  readonly home: string;
  readonly project: Project;
  readonly platform: Project;
  /** Commits these files to a branch and gives the commit. */
  commit(files: Record<string, string>, branch?: string): string;
  /** Puts `main` at a commit, as a merge would, and gives the commit. */
  onMain(sha: string): string;
  /** What the pipeline of a commit is run with. */
  options(sha: string): PipelineOptions;
  /** Runs the pipeline of a commit. */
  run(sha: string, options?: Partial<PipelineOptions>): Promise<PipelineRecord>;
}

/** Makes a forge for a test. */
export function makeForge(): Fixture {
  const home = join(temporaryFolder("écluse forge-"), ".ecluse");
  const platform = createProject(home, { path: "ecluse/platform", useCase: "*" });
  const project = createProject(home, { path: "ecluse/churn", useCase: "churn" });
  const commit = (files: Record<string, string>, branch = "work") => {
    const folder = temporaryFolder("work-");
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return pushBranch({ home, project, folder, branch, message: "Try" }).sha;
  };
  const onMain = (sha: string) => {
    git(repositoryOf(home, project), ["update-ref", "refs/heads/main", sha]);
    return sha;
  };
  const options = (sha: string): PipelineOptions => ({
    home,
    project,
    sha,
    forgeUrl: "http://127.0.0.1:4100",
    ref: "work",
    source: "push",
    login: "tester",
    environments: ENVIRONMENTS,
    allowedPorts: {},
    tools: {
      python: join(ROOT, ".venv", "bin", "python"),
      uv: "uv",
      uvCache: join(home, "uv"),
      root: ROOT,
    },
  });
  const run = (sha: string, more: Partial<PipelineOptions> = {}) => runPipeline({ ...options(sha), ...more });
  return { home, project, platform, commit, onMain, options, run };
}
