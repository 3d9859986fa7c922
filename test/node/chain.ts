import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { listed } from "../../cluster/registry";
import { fixedDate, git } from "../../local/forge/git";
import { listIssues } from "../../local/forge/issues";
import { merge, treeOf } from "../../local/forge/merge";
import { repositoryOf } from "../../local/forge/projects";
import type { PipelineEvent } from "../../local/forge/run";
import { variablesFor } from "../../local/forge/variables";
import { block, follow } from "./docs";
import { application, type ClusterForge, registry, useCase } from "./forge";
import { buildCommit } from "./gitlab/buildKit";
import { jobScript } from "./gitlab/jobScript";
import { type Ground, jobToken, minutes, personToken, reporter, statuses } from "./ground";
import { endOf, jobNamed, startJob } from "./jobs";
import { lost } from "./scoring";

const namespace = "dev-bank-churn";

/** A commit of the working copy on a branch; the same in every run, so that its image is built once. */
function push({ home, pipelines: { project }, folder }: ClusterForge, branch: string): string {
  const repository = repositoryOf(home, project);
  const tree = treeOf(repository, folder);
  const words = ["commit-tree", tree, "-p", project.defaultBranch, "-m", `Work on ${branch}`];
  const sha = git(repository, words, fixedDate);
  git(repository, ["update-ref", `refs/heads/${branch}`, sha]);
  return sha;
}

/** Rows of a day that the use case's code makes up, in a job's pod. */
async function madeUp({ executor, url }: ClusterForge, image: string, scenario: string, date: string) {
  const checkout = mkdtempSync(join(tmpdir(), "ecluse-rows-"));
  const words = `--date ${date} --scenario ${scenario} --rows 4000 --to rows.json`;
  const script = jobScript({ script: ['cp -R "$ECLUSE_CODE/." .', `python -m ecluse traffic ${words}`] });
  try {
    const variables = { CI_API_V4_URL: `${url}/api/v4`, CI_JOB_ID: "900001" };
    const own = { ECLUSE_ENVIRONMENT: "dev", ECLUSE_USE_CASE: useCase };
    const code = await executor.run(`${namespace}-ci`, {
      ...{ id: "900001", image, script, checkout, artifacts: ["rows.json"], seconds: 600 },
      variables: { ...variables, ...own },
      log: console.log,
    });
    expect(code).toBe(0);
    return JSON.parse(readFileSync(join(checkout, "rows.json"), "utf8")) as Record<string, unknown>[];
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
}

/** The chain of bank churn in development, on the stack that came up before; its tests run in this order. */
export function chain(ground: () => Ground): void {
  let image: string;
  let candidate: string;

  it("gives its jobs variables, and its monitor a token, of their environment's scope", async () => {
    const { forge, state } = ground();
    forge.take(await state());
    const { home, pipelines } = forge;
    const keys = (environment: string) =>
      variablesFor(home, { project: pipelines.project.id, environment, refProtected: true }).map(
        ({ key }) => key,
      );
    expect(keys("dev").sort()).toEqual([
      "ECLUSE_DATA_URL",
      "ECLUSE_ENVIRONMENT",
      "ECLUSE_USE_CASE",
      "MLFLOW_TRACKING_URI",
      "MLFLOW_WORKSPACE",
    ]);
    expect(keys("prod")).toEqual([]);
  });

  it("lands its rows by the docs' commands, with the image of a commit", {
    timeout: minutes(20),
  }, async () => {
    const { forge } = ground();
    const first = push(forge, "first");
    image = `${registry}/${useCase}:${first}`;
    await buildCommit(forge.folder, useCase, first);
    const printed = await follow(block("landing() {"), { COMMIT: first });
    console.log(printed);
    expect(printed).toMatch(/landed/);
  });

  it("trains, tests and releases a branch by pods of the runners", { timeout: minutes(40) }, async () => {
    const { forge } = ground();
    // No package index is within reach of the jobs: their image has the locked environment.
    forge.edit(".gitlab-ci.yml", "\nworkflow:", `\ndefault: { image: "${image}" }\n\nworkflow:`);
    candidate = push(forge, "candidate");
    const record = await forge.pipelines.run({ ref: "candidate", sha: candidate, onEvent: reporter(forge) });
    expect([record.reason, statuses(record)]).toEqual([
      undefined,
      Object.fromEntries(
        ["check", "unit-test", "train-dev", "test-dev", "release-dev"].map((name) => [name, "passed"]),
      ),
    ]);
  });

  it("serves that commit, to trusted callers alone", async () => {
    const { forge } = ground();
    const server = forge.outside("dev", useCase);
    const champion = await server.ask("/champion", await personToken(forge, application("dev")));
    expect(champion).toMatchObject({ status: 200, body: { commit: candidate } });
    const status = async (token: string) => (await server.ask("/champion", token)).status;
    const ofJob = (name: "dev" | "prod") => jobToken(forge, name, "ecluse-dev-serving");
    const machine = await server.ask("/score", await ofJob("dev"), {
      time: null,
      records: [],
    });
    expect(machine.status, "a machine that no setting names").toBe(403);
    expect({
      "another audience": await status(await personToken(forge, application("prod"))),
      "another group": await status(await personToken(forge, application("dev"), "others")),
      "a job of another environment": await status(await ofJob("prod")),
      "no token of the issuer": await status("none"),
    }).toEqual({
      "another audience": 401,
      "another group": 401,
      "a job of another environment": 401,
      "no token of the issuer": 401,
    });
  });

  it("builds main's image, releases again, and lets nothing on before an approval", {
    timeout: minutes(40),
  }, async () => {
    const { forge } = ground();
    const { home, pipelines } = forge;
    const sha = merge({ home, project: pipelines.project, branch: "candidate", sha: candidate });
    const record = await pipelines.run({ ref: "main", sha, onEvent: reporter(forge) });
    expect(statuses(record)).toEqual({
      ...{ check: "reused", "unit-test": "reused", "train-dev": "reused", "test-dev": "reused" },
      ...{ "release-dev": "passed", package: "passed", "build-image": "passed" },
      ...{
        "promote-prod": "failed",
        "train-prod": "skipped",
        "test-prod": "skipped",
        "release-prod": "skipped",
      },
    });
    expect(record.reason).toBe("promote-prod: nobody started it");
    expect(listed()).toHaveProperty([`${useCase}:${sha}`]);
  });

  it("has the drift of a day's traffic become an issue, by the monitor's own CronJob", {
    timeout: minutes(15),
  }, async () => {
    const { client, forge } = ground();
    const today = new Date().toISOString().slice(0, 10);
    const rows = await madeUp(forge, image, "drifted", today);
    const server = forge.outside("dev", useCase);
    const token = await personToken(forge, application("dev"));
    const predictions: string[] = [];
    for (let start = 0; start < rows.length; start += 500) {
      const records = rows.slice(start, start + 500);
      const answer = await server.ask("/score", token, { time: null, records });
      expect(answer).toMatchObject({ status: 200, body: { predictions: { length: records.length } } });
      for (const { prediction_id } of answer.body.predictions) predictions.push(prediction_id);
    }
    expect(await lost(ground(), { predictions })).toEqual([]);
    // Today is not over: a demonstration judges it, and fires at once.
    const args = ["--as-of", today, "--demonstration"];
    const job = await startJob(client, namespace, "monitor", "monitor-1", { args });
    const { code, log } = await endOf(client, job, 600);
    console.log(log);
    // What it found is an exit code, and so its pod is never ready.
    await client.delete(job);
    expect([10, 20], log).toContain(code);
    const filter = { labels: ["ecluse-monitor", "dev"], search: "", state: "opened" };
    expect(listIssues(forge.home, forge.pipelines.project.id, filter)).toMatchObject([
      { title: expect.stringMatching(/^\[demonstration\] Monitor: bank-churn in dev: \d+ alert/) },
    ]);
  });

  it("trains in a pod by the template, which a person starts by the docs' commands", {
    timeout: minutes(40),
  }, async () => {
    const { client, forge } = ground();
    forge.edit(".gitlab-ci.yml", "action: access }", "action: access, in_pod: true }");
    const sha = push(forge, "in-pod");
    await buildCommit(forge.folder, useCase, sha);
    let printed = "";
    // The pipeline's job waits for a training that may have failed at once: nobody else should.
    const failed = Promise.withResolvers<never>();
    const report = reporter(forge);
    const onEvent = (event: PipelineEvent) => {
      report(event);
      if (event.type !== "line" || event.job !== "train-dev") return;
      printed += `${event.line}\n`;
      const run = /MLFLOW_RUN_ID=(\w+)/.exec(event.line)?.[1];
      if (run === undefined) return;
      expect(printed).toContain(`train=${registry}/${useCase}:${sha}`);
      const name = `train-${run.slice(0, 8)}`;
      const words = { "train-4f0c2a91": name, "prod-": "dev-", COMMIT: sha };
      follow(block("--from=cronjob/train"), { ...words, "4f0c2a91d3e84b6c9a57e1f2b8c6d013": run })
        .then(() => endOf(client, jobNamed(name, `${namespace}-ci`), 600))
        .then(({ code, log }) => code === 0 || failed.reject(new Error(`the training failed: ${log}`)))
        .catch(failed.reject);
    };
    const record = await Promise.race([forge.pipelines.run({ ref: "in-pod", sha, onEvent }), failed.promise]);
    expect([record.reason, statuses(record)]).toMatchObject([
      undefined,
      { "train-dev": "passed", "test-dev": "passed", "release-dev": "passed" },
    ]);
  });
}
