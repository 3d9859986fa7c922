import { beforeAll, describe, expect, it } from "vitest";
import type { FullTrace } from "../../cli/trace";
import { askPredictions } from "./blobs";
import { environments, useCase } from "./environments";
import { ecluse } from "./setup";

let prediction: string;
beforeAll(async () => {
  const { prod } = await environments();
  prediction = await askPredictions<string>(prod, 'rows["prediction_id"][0]');
});

const traced = async (...words: string[]) => {
  const { code, stdout } = await ecluse(["trace", ...words, "--json"]);
  return { code, found: JSON.parse(stdout) as FullTrace[] };
};

describe("ecluse trace", () => {
  it("follows a prediction to its commit, lock, pipeline and run, all of which verify", async () => {
    const { code, found } = await traced(prediction);
    expect([code, found.length]).toEqual([0, 1]);
    const [{ environment, prediction: own, versions, code: commits, problems }] = found as [FullTrace];
    expect([environment, own?.prediction_id, problems]).toEqual(["prod", prediction, []]);
    const [lineage] = versions;
    expect(lineage).toMatchObject({
      signature: "the manifest and every file that it names",
      problems: [],
      run: { user: `ci:ecluse/${useCase}:prod:train`, commit: lineage?.version.commit },
    });
    expect(commits[0]).toMatchObject({
      commit: lineage?.version.commit,
      lock: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const pipeline = commits[0]?.pipelines.find(({ id }) => id === lineage?.version.pipeline_id);
    expect(pipeline).toMatchObject({ ref: "main", approver: "none" });
  });

  it("finds a version in one environment, and a commit in each that it reached", async () => {
    const { found } = await traced("1", "--env", "prod", "--use-case", useCase);
    const commit = found[0]?.versions[0]?.version.commit ?? "";
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    const { code, found: both } = await traced(commit.slice(0, 10));
    expect([code, both.map(({ environment }) => environment)]).toEqual([0, ["dev", "prod"]]);
  });

  it("is a tree for people", async () => {
    const { code, stdout } = await ecluse(["trace", "1", "--env", "prod"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("├─ signature verifies the manifest")]);
    expect(stdout).toMatch(/└─ approver: none/);
  });

  it.each([
    [["0000000f"], `0000000f is no prediction, version or commit of ${useCase} in dev, ${useCase} in prod`],
    [["churn"], "give the id of a prediction, the number of a version, or 7 to 40 hex digits of a commit"],
    [["1", "--env", "moon"], "nothing that is up is --env moon"],
  ])("%j is refused in words", async (words, message) => {
    const { code, stderr } = await ecluse(["trace", ...words]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});
