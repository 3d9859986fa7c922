import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { secret } from "../../protocol/properties";
import { run } from "./engine";
import { readStack } from "./state";
import { Fixture } from "./testdata/harness";

vi.setConfig({ testTimeout: 90_000 });
let stack: Fixture;
beforeEach(() => {
  stack = new Fixture();
});
afterEach(() => stack.remove());

const refresh = () => run(stack.options("refresh", {}, {}));

test("takes in what the provider finds, and changes nothing itself", async () => {
  await stack.up("chain");
  const calls = stack.calls();
  writeFileSync(join(stack.dir, "first"), "by hand");
  const { changes, steps } = await refresh();
  expect(changes.update).toBeGreaterThanOrEqual(1);
  expect(steps.find(({ urn }) => urn.endsWith("::first"))?.op).toBe("update");
  expect(stack.states("first")[0]?.outputs).toMatchObject({ content: "by hand" });
  expect(stack.states("first")[0]?.inputs).toMatchObject({ content: "one" });
  expect(stack.calls()).toEqual(calls);
  // What there is now is known, so a second look finds no change.
  expect((await refresh()).changes).toEqual({ same: 6 });
  expect((await stack.up("chain")).changes.update).toBeGreaterThanOrEqual(1);
  expect(stack.file("first")).toBe("one");
});

test("forgets what is gone, and who referred to it", async () => {
  await stack.up("chain");
  rmSync(join(stack.dir, "first"));
  expect((await refresh()).changes.delete).toBe(1);
  expect(stack.states("first")).toEqual([]);
  expect(stack.states("second")[0]?.dependencies ?? []).toEqual([]);
  expect((await stack.up("chain")).changes.create).toBe(1);
  expect(stack.file("first")).toBe("one");
});

test("keeps secret what was secret", async () => {
  const token = "hush-hush-token";
  await stack.up("secrets", {}, { secretConfig: { token } });
  await refresh();
  const contents = await readStack(join(stack.dir, "state"), "dev", "correct horse");
  const hidden = contents?.resources.find(({ urn }) => urn.endsWith("::hidden"));
  expect(hidden?.outputs?.content).toEqual(secret(token));
  expect(JSON.stringify(stack.document())).not.toContain(token);
  expect(stack.output()).not.toContain(token);
});
