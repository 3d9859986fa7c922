import { beforeAll, describe, expect, it } from "vitest";
import { openRun, pipeline } from "../../cli/chain";
import type { Inventory } from "../../cli/models";
import { forgeOutputs } from "../../cli/outputs";
import { personToken } from "../../cli/people";
import { Progress } from "../../cli/progress";
import { platformPath, projectPath } from "../../components/naming";
import { commitOf } from "../../local/forge/git";
import { findProject, repositoryOf } from "../../local/forge/projects";
import { listPipelines } from "../../local/forge/records";
import { homeFolder } from "../../local/home";
import { environments, type RunningEnvironment, useCase } from "./environments";
import { ecluse } from "./setup";

let prod: RunningEnvironment;

/** Has main's commit trained again in prod, as a monitor asks for it: another version of the same code. */
beforeAll(async () => {
  ({ prod } = await environments());
  const project = findProject(homeFolder(), projectPath(useCase));
  const sha = commitOf(repositoryOf(homeFolder(), project), "refs/heads/main") as string;
  const run = await openRun(useCase, { progress: new Progress(false), signal: new AbortController().signal });
  const variables = { ECLUSE_TASK: "retrain", ECLUSE_ENVIRONMENT: "prod", ECLUSE_RETRAINING: "2026-11-01" };
  await pipeline(run, "main", sha, { source: "trigger", variables });
});

const inventory = async () => {
  const { stdout } = await ecluse(["models", useCase, "--env", "prod", "--json"]);
  return (JSON.parse(stdout) as [Inventory])[0];
};

async function served(): Promise<string> {
  const authorization = `Bearer ${await personToken((await forgeOutputs()).url, "prod", "serving", 60)}`;
  const answer = await fetch(`${prod.own.serving}/champion`, { headers: { authorization } });
  return ((await answer.json()) as { version: string }).version;
}

describe("ecluse rollback and promote", () => {
  it("take a version back and forth, which the model server serves at once", async () => {
    const { champion: last } = await inventory();
    const before = String(Number(last) - 1);
    const back = await ecluse(["rollback", useCase, "--reason", "version 2 is slow"]);
    expect([back.code, back.stdout]).toEqual([
      0,
      expect.stringContaining(`prod: version ${before} is champion: rolled back by`),
    ]);
    expect(await served()).toBe(before);
    const forth = await ecluse([
      ...["promote", useCase, last as string, "--env", "prod", "--reason", "it was the network", "--json"],
    ]);
    expect(forth.code).toBe(0);
    const done = { environment: "prod", changed: true, champion: last, former: before };
    expect(JSON.parse(forth.stdout)).toMatchObject(done);
    expect(await served()).toBe(last);
    // The other tests find the champion that the main job has made.
    const again = await ecluse(["rollback", useCase, "--to", before, "--reason", "back again"]);
    expect([again.code, await served()]).toEqual([0, before]);
  });

  it("are on record: in the registry, and as pipelines of the platform's own project", async () => {
    const { versions, problems } = await inventory();
    expect(problems).toEqual([]);
    const changes = versions.flatMap((version) => version.changes);
    const [, pipelineOfForth, pipelineOfBack] = listPipelines(
      homeFolder(),
      findProject(homeFolder(), platformPath).id,
    );
    expect(changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          action: "rolled back",
          reason: "version 2 is slow",
          pipeline_id: pipelineOfBack?.id,
        }),
        expect.objectContaining({
          action: "promoted",
          reason: "it was the network",
          pipeline_id: pipelineOfForth?.id,
        }),
      ]),
    );
    expect(pipelineOfBack).toMatchObject({
      source: "web",
      status: "passed",
      variables: { ECLUSE_TASK: "rollback", ECLUSE_REASON: "version 2 is slow" },
    });
    expect((await ecluse(["trace", versions[0]?.version as string, "--env", "prod"])).code).toBe(0);
  });

  it.each([
    [["rollback", useCase], 'give the reason, which is recorded: --reason "why the champion changes"'],
    [["rollback", useCase, "--to", "99", "--reason", "x"], "there is no version 99; there are: "],
    [
      ["rollback", useCase, "--to", "9", "--reason", "x"],
      `${useCase} in prod: refused: there is no version 9`,
    ],
    [["promote", useCase, "1", "--env", "moon", "--reason", "x"], "has no environment moon that is up"],
  ])("%j is refused in words", async (words, message) => {
    const { champion } = await inventory();
    const { code, stderr } = await ecluse(words);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect((await inventory()).champion).toBe(champion);
  });
});
