import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { temporaryFolder } from "../local/forge/fixture";
import { drills, recordDrill, releasesOf } from "./evidence";
import type { Change, Inventory } from "./models";

beforeEach(() => vi.stubEnv("ECLUSE_HOME", temporaryFolder("evidence-home-")));
afterEach(() => vi.unstubAllEnvs());

it("keeps each restore drill, with what differed", () => {
  expect(drills()).toEqual([]);
  const rehearsal = { backup: "b", taken: "2026-03-01T00:00:00Z", restoredSeconds: 12.5, compared: 172 };
  recordDrill({ ...rehearsal, differences: [] });
  recordDrill({ ...rehearsal, differences: [{ what: "dev rows", expected: "1", found: "0" }] });
  expect(drills().map(({ compared, differences, seconds }) => [compared, differences, seconds])).toEqual([
    [172, 0, 12.5],
    [172, 1, 12.5],
  ]);
});

it("has each signed change of a champion, with who had it made and why", () => {
  const change: Change = {
    ...{ action: "rolled back", version: "2", former: "3", person: "bo", pipeline_id: "7" },
    ...{ reason: "complaints", time: "2026-03-01T00:00:00.000+00:00" },
  };
  const version = { version: "2", changes: [change] } as unknown as Inventory["versions"][number];
  const inventory = { environment: "prod", use_case: "churn", versions: [version] } as unknown as Inventory;
  expect(releasesOf(inventory)).toEqual([
    {
      ...{ environment: "prod", useCase: "churn", version: "2", action: "rolled back" },
      ...{ time: "2026-03-01T00:00:00.000+00:00", approver: "bo", reason: "complaints" },
    },
  ]);
});
