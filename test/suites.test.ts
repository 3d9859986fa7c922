import { describe, expect, it } from "vitest";
import { junitCounts, vitestCounts } from "./suites";

describe("vitestCounts", () => {
  const report = (change: object) =>
    JSON.stringify({
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 1,
      numFailedTestSuites: 0,
      ...change,
    });

  it("gives what the report says", () => {
    expect(vitestCounts(report({ numFailedTests: 2 }))).toEqual({ passed: 3, failed: 2, skipped: 1 });
  });

  it("counts a file that does not load as failed", () => {
    expect(vitestCounts(report({ numFailedTestSuites: 1 })).failed).toBe(1);
  });
});

describe("junitCounts", () => {
  it("counts errors as failures", () => {
    const text =
      '<testsuites name="t"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1">';
    expect(junitCounts(text)).toEqual({ passed: 4, failed: 3, skipped: 3 });
  });
});
