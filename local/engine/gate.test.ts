import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Analyzer, Violation } from "./analyzer";
import { Fixture } from "./testdata/harness";

vi.setConfig({ testTimeout: 90_000 });
let stack: Fixture;
beforeEach(() => {
  stack = new Fixture();
});
afterEach(() => stack.remove());

/** Refuses the resources of these names, and the whole where `whole` says how. */
function refusing(names: readonly string[], level: Violation["level"], whole?: Violation["level"]): Analyzer {
  const violation = (urn: string, of: Violation["level"]): Violation => ({
    policy: "no-such-thing",
    level: of,
    urn,
    message: "it must not be",
  });
  return {
    resource: ({ urn }) => (names.some((name) => urn.endsWith(`::${name}`)) ? [violation(urn, level)] : []),
    stack: (states) => (whole ? [violation(states.at(-1)?.urn ?? "", whole)] : []),
  };
}

const diagnostics = (severity: string) =>
  stack.events.filter((event) => event.type === "diagnostic" && event.severity === severity);

test("a mandatory violation stops before the step; what was done before is kept", async () => {
  const failing = stack.up("chain", {}, { analyzer: refusing(["second"], "mandatory") });
  await expect(failing).rejects.toThrow(/policy no-such-thing: files:index:File second: it must not be/);
  expect(stack.calls()).toEqual(["create first"]);
  expect(stack.states("first")).toHaveLength(1);
  expect(stack.states("second")).toHaveLength(0);
});

test("a preview reports every violation, and fails at its end", async () => {
  const failing = stack.preview("chain", {}, { analyzer: refusing(["first", "second"], "mandatory") });
  await expect(failing).rejects.toThrow(/^2 mandatory policies are violated$/);
  expect(diagnostics("error")).toHaveLength(2);
});

test("an advisory violation is a warning, and stops nothing", async () => {
  await stack.up("chain", {}, { analyzer: refusing(["second"], "advisory", "advisory") });
  expect(diagnostics("warning")).toHaveLength(2);
  expect(stack.calls()).toContain("create second");
});

test("what the whole violates stops before anything is deleted", async () => {
  await stack.up("chain");
  const failing = stack.up("updating", {}, { analyzer: refusing([], "mandatory", "mandatory") });
  await expect(failing).rejects.toThrow(/no-such-thing/);
  expect(stack.calls().filter((call) => call.startsWith("delete"))).toEqual([]);
  expect(stack.states("second")).toHaveLength(1);
});

test("the analyzer sees where in the program a resource was asked for", async () => {
  const seen: (string | undefined)[] = [];
  const analyzer: Analyzer = {
    resource({ sourcePosition }) {
      seen.push(sourcePosition);
      return [];
    },
    stack: () => [],
  };
  await stack.preview("chain", {}, { analyzer });
  expect(seen).toContainEqual(expect.stringMatching(/^project:\/\/\/scenarios\.ts#\d+,\d+$/));
});
