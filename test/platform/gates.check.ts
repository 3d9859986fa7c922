import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRun, pipeline } from "../../cli/chain";
import type { PipelineRun } from "../../cli/pipelineRun";
import { Progress } from "../../cli/progress";
import { projectPath } from "../../components/naming";
import { commitOf } from "../../local/forge/git";
import { merge, pushBranch } from "../../local/forge/merge";
import { findProject, type Project, repositoryOf } from "../../local/forge/projects";
import { listPipelines } from "../../local/forge/records";
import { homeFolder, projectRoot } from "../../local/home";
import { useCase } from "./environments";

let run: PipelineRun;
let project: Project;
let folder: string;

beforeAll(async () => {
  run = await openRun(useCase, { progress: new Progress(false), signal: new AbortController().signal });
  project = findProject(homeFolder(), projectPath(useCase));
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-change-"));
  cpSync(join(projectRoot, "usecases", useCase), folder, { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

const edit = (file: string, change: (text: string) => string) => {
  const before = readFileSync(join(folder, file), "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(join(folder, file), after);
};

/** One tree of two leaves: far under the floor. */
const makeModelPoor = () =>
  edit("src/bank_churn/model.py", (text) =>
    text.replace('"max_iter": 150', '"max_iter": 1').replace('"max_leaf_nodes": 15', '"max_leaf_nodes": 2'),
  );

/** Pushes the edited use case as a branch and runs its pipeline, which must fail; gives how each job ended. */
async function failingPipeline(branch: string): Promise<Record<string, string>> {
  const home = homeFolder();
  const main = () => commitOf(repositoryOf(home, project), "refs/heads/main");
  const before = main();
  const { sha } = pushBranch({ home, project, folder, branch, message: branch });
  await expect(pipeline(run, branch, sha)).rejects.toThrow(/did not pass/);
  expect(() => merge({ home, project, branch, sha })).toThrow(/is not green/);
  expect(main()).toBe(before);
  const jobs = listPipelines(home, project.id).find((record) => record.sha === sha)?.jobs ?? [];
  return Object.fromEntries(jobs.map(({ name, status }) => [name, status]));
}

describe("the chain stops before production", () => {
  it("at a failing unit test", async () => {
    writeFileSync(
      join(folder, "tests/test_broken.py"),
      '"""A test that fails."""\n\n\ndef test_broken() -> None:\n    assert [] == [1]\n',
    );
    expect(await failingPipeline("broken-test")).toEqual({
      check: "passed",
      "unit-test": "failed",
      "train-dev": "skipped",
      "test-dev": "skipped",
      "release-dev": "skipped",
    });
  });

  it("at a model under its quality floor", async () => {
    makeModelPoor();
    expect(await failingPipeline("poor-model")).toEqual({
      check: "passed",
      "unit-test": "passed",
      "train-dev": "passed",
      "test-dev": "failed",
      "release-dev": "skipped",
    });
  });

  it("at the release, where the use case has weakened its own tests: the platform judges again", async () => {
    makeModelPoor();
    edit(
      ".gitlab-ci.yml",
      (text) => `${text}\ntest-dev: { script: [mkdir -p build, touch build/model-tests.xml] }\n`,
    );
    expect(await failingPipeline("weak-tests")).toMatchObject({
      "test-dev": "passed",
      "release-dev": "failed",
    });
  });

  it("at a branch that names production as its own", async () => {
    const prod = {
      environment: { name: "prod", deployment_tier: "production" },
      id_tokens: { MLFLOW_TRACKING_TOKEN: { aud: "ecluse-prod-tracking" } },
    };
    edit(".gitlab-ci.yml", (text) => `${text}\ntrain-dev: ${JSON.stringify(prod)}\n`);
    const ended = await failingPipeline("reach-for-prod");
    expect(ended["train-dev"]).toBe("failed");
    expect(Object.values(ended)).not.toContain("passed");
  });
});

describe("the main job's own pipelines", () => {
  it("ran the tests of code and of model, each with no failure", () => {
    const records = listPipelines(homeFolder(), project.id).filter(
      ({ status, source }) => status === "passed" && source === "push",
    );
    const jobs = records.flatMap((record) => record.jobs).filter(({ status }) => status === "passed");
    const reports = jobs
      .filter(({ name }) => ["unit-test", "test-dev", "test-prod"].includes(name))
      .map(({ log }) => readFileSync(join(homeFolder(), "forge", log as string), "utf8"));
    expect(reports).toHaveLength(3);
    for (const report of reports) expect(report).toMatch(/\d+ passed/);
  });

  it("ran no job twice: on main, those of the branch were taken over", () => {
    const onMain = listPipelines(homeFolder(), project.id)
      .filter((record) => record.ref === "main" && record.status === "passed")
      .at(-1);
    const reused = onMain?.jobs.filter(({ status }) => status === "reused").map(({ name }) => name);
    expect(reused).toEqual(["check", "unit-test", "train-dev", "test-dev"]);
  });
});
