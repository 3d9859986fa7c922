import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../local/home";
import { junitCounts, vitestCounts } from "./suites";

describe("vitestCounts", () => {
  const report = (change: object) =>
    JSON.stringify({
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 1,
      numFailedTestSuites: 0,
      testResults: [],
      ...change,
    });

  it("gives what the report says", () => {
    expect(vitestCounts(report({ numFailedTests: 2 }))).toMatchObject({ passed: 3, failed: 2, skipped: 1 });
  });

  it("names the failed tests, the files that did not load, and why", () => {
    const tests = ["passed", "failed"].map((status) => ({
      status,
      fullName: `a ${status} one`,
      failureMessages: status === "failed" ? ["\u001b[31mAssertionError\u001b[39m: 1\n  is not 2"] : [],
    }));
    const testResults = [
      { name: join(projectRoot, "a.test.ts"), status: "failed", assertionResults: tests },
      {
        name: join(projectRoot, "b.test.ts"),
        status: "failed",
        message: "no such module",
        assertionResults: [],
      },
      { name: join(projectRoot, "c.test.ts"), status: "passed", assertionResults: tests.slice(0, 1) },
    ];
    const { failures } = vitestCounts(report({ testResults }));
    expect(failures).toEqual([
      "a.test.ts: a failed one: AssertionError: 1 is not 2",
      "b.test.ts: did not run: no such module",
    ]);
  });

  it("counts a file that does not load as failed", () => {
    expect(vitestCounts(report({ numFailedTestSuites: 1 })).failed).toBe(1);
  });
});

describe("junitCounts", () => {
  it("counts errors as failures", () => {
    const text =
      '<testsuites name="t"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1">';
    expect(junitCounts(text)).toMatchObject({ passed: 4, failed: 3, skipped: 3 });
  });

  it("names what failed, and why", () => {
    const text = `<testsuite name="pytest" errors="1" failures="1" skipped="0" tests="3"
      ><testcase classname="python.test_a" name="test_good" time="0.1" /><testcase classname="python.test_a"
      name="test_bad[1]" time="0.2"><failure message="assert 1 &gt; 2">…</failure></testcase><testcase
      classname="python.test_b" name="test_up" time="0.0"><error message="no server" /></testcase></testsuite>`;
    const { failures } = junitCounts(text.replace(/\s*\n\s*(>?)/g, (_, close) => close || " "));
    expect(failures).toEqual([
      "python.test_a: test_bad[1]: assert 1 > 2",
      "python.test_b: test_up: no server",
    ]);
  });
});
