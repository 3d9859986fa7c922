import { expect, it } from "vitest";
import { type Stepped, steppedText } from "./promote";

const stepped: Stepped = {
  ...{ environment: "prod", decision: "stays", challenger: "2", champion: "1", stage: "shadow" },
  ...{ message: "version 2 stays in shadow", replicas: 2, dropped: 3 },
  measures: [{ line: "errors 0.0000 (0.0000 to 0.0018) of at most 0.01, pass: 0 of 2000 requests failed" }],
};

it("writes a step of a rollout: each measure as the release has it, replicas, and what came of it", () => {
  expect(steppedText(stepped).split("\n")).toEqual([
    `  ${stepped.measures[0]?.line}`,
    "  counted by 2 replicas, 3 requests left out since the challenger was busy",
    "prod: version 2 stays in shadow",
  ]);
  expect(steppedText({ ...stepped, measures: [] })).toBe("prod: version 2 stays in shadow");
});
