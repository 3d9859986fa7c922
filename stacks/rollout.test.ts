import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import { describe, expect, it } from "vitest";
import { rolloutDocument } from "../components/processes/release";
import { projectRoot } from "../local/home";
import { useCaseOf } from "./fixture";

const release = JSON.parse(readFileSync(join(projectRoot, "python/schemas/release.json"), "utf8"));
const accepts = new Ajv({ strict: false }).compile({
  $defs: release.$defs,
  $ref: "#/$defs/RolloutRules",
});

/** The rollout of a use case whose stack file says this. */
const rolloutOf = (rollout: object | undefined) => useCaseOf({ rollout }).rollout;

describe("a rollout", () => {
  it("is none where the stack's file says nothing", () => {
    expect(rolloutOf(undefined)).toBeUndefined();
  });

  it("has defaults that the release reads", () => {
    const rollout = rolloutOf({});
    if (!rollout) throw new Error("a rollout was given");
    const document = rolloutDocument(rollout);
    expect(document).toEqual({
      shadow_minutes: 60,
      canary: [10, 50],
      canary_minutes: 60,
      limit_minutes: 1440,
      undecided: "withdraw",
      max_error_rate: 0.01,
      max_latency_ratio: 1.5,
      max_score_distance: 0.1,
      risk: 0.05,
    });
    expect(accepts(document)).toBe(true);
    expect(accepts({ ...document, canary: [100] })).toBe(false);
  });

  it.each([
    [{ canary: [50, 10] }, /rollout\.canary\[1\] is 10: set it to more than the one before/],
    [{ canary: [0] }, /rollout\.canary\[0\] is 0: set it to a number from 1 to 99/],
    [{ maxLatencyRatio: 0.5 }, /rollout\.maxLatencyRatio is 0\.5: set it to a number from 1 to 100/],
    [{ undecided: "wait" }, /rollout\.undecided is "wait": set it to withdraw, promote/],
    [{ shadow: 5 }, /rollout\.shadow is 5: there is no such key/],
  ])("of %j is refused", (rollout, message) => {
    expect(() => rolloutOf(rollout)).toThrow(message);
  });
});
