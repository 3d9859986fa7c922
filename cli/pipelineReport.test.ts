import { expect, it } from "vitest";
import type { JobRecord, PipelineRecord } from "../local/forge/records";
import { progressReporter, refusalOf } from "./pipelineReport";

const telling = ["FAILED test_quality: ROC AUC 0.61 is under 0.75", "use more rows"];
const job: JobRecord = {
  ...{ id: "j", name: "test-dev", stage: "test", status: "failed", allowFailure: false, seconds: 2 },
  ...{ reason: "its script failed", telling },
};
const record = {
  ...{ id: "7", ref: "candidate", status: "failed", reason: "test-dev did not pass", jobs: [job] },
} as unknown as PipelineRecord;

it("says why a job failed once: while it is followed, and not again in the error", () => {
  const said: string[] = [];
  const report = progressReporter({ say: (text) => said.push(text) });
  report({ type: "job", job });
  expect(said).toEqual([
    "  test-dev: failed in 2.0 s: its script failed",
    ...telling.map((line) => `    ${line}`),
  ]);
  const refusal = refusalOf(record);
  expect(refusal).toBe(
    "pipeline 7 on candidate did not pass: test-dev did not pass; see npx ecluse logs pipeline/7",
  );
});
