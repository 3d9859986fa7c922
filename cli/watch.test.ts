import { expect, it } from "vitest";
import type { JobRecord, PipelineRecord } from "../local/forge/records";
import { Follower, seenText } from "./watch";

const job = (name: string, status: JobRecord["status"], more: Partial<JobRecord> = {}): JobRecord => ({
  ...{ id: name, name, stage: "check", status, allowFailure: false },
  ...more,
});
const record = (status: PipelineRecord["status"], ...jobs: JobRecord[]) =>
  ({ id: "7", status, jobs }) as unknown as PipelineRecord;

it("gives each line and each change once, whole lines only, and no log of another pipeline", () => {
  const logs: Record<string, string> = { reused: "of before\n" };
  const follower = new Follower(({ name }) => logs[name] ?? "");
  expect(follower.look(record("running", job("check", "pending"), job("reused", "reused")))).toEqual([
    { pipeline: "7", job: "reused", status: "reused" },
    { pipeline: "7", status: "running" },
  ]);
  logs.check = "first\nseco";
  expect(follower.look(record("running", job("check", "running")))).toEqual([
    { pipeline: "7", job: "check", line: "first" },
    { pipeline: "7", job: "check", status: "running" },
  ]);
  expect(follower.look(record("running", job("check", "running")))).toEqual([]);
  logs.check = "first\nsecond\n";
  const reason = "its script failed; see its log";
  const last = follower.look({ ...record("failed", job("check", "failed", { reason })), reason: "check" });
  expect(last.map(seenText)).toEqual([
    "  check | second",
    `  check: failed: ${reason}`,
    "pipeline 7: failed: check",
  ]);
});
