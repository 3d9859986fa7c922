import { expect, it } from "vitest";
import { thisProcess } from "../lock";
import { temporaryFolder } from "./fixture";
import { listPipelines, nextPipelineId, type PipelineRecord, savePipeline } from "./records";

it("a pipeline whose runner was killed is failed, not running for ever", () => {
  const home = temporaryFolder("records-");
  const jobs = [
    { name: "check", status: "passed" },
    { name: "train", status: "running" },
    { name: "test", status: "pending" },
  ];
  const save = (runner: object) => {
    const record = { id: nextPipelineId(home), project: "1", status: "running", runner, jobs };
    savePipeline(home, record as unknown as PipelineRecord);
  };
  save(thisProcess());
  save({ ...thisProcess(), started: "1" }); // its number is another process's now
  const [dead, living] = listPipelines(home, "1");
  expect(living?.status).toBe("running");
  expect([dead?.status, dead?.reason]).toEqual(["failed", expect.stringContaining("run it again")]);
  expect(dead?.jobs.map(({ status }) => status)).toEqual(["passed", "failed", "failed"]);
});
