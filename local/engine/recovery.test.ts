import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { takeLock } from "../lock";
import { Fixture } from "./testdata/harness";

vi.setConfig({ testTimeout: 90_000 });
let stack: Fixture;
beforeEach(() => {
  stack = new Fixture();
});
afterEach(() => stack.remove());

/** Starts `up` in a process of its own, and kills that once the provider was called so. */
const killAt = (call: string, scenario: string, config: Record<string, string> = {}) =>
  stack.killAt(call, stack.options("up", { scenario, ...config }, {}));

function letSlowOnesPass(): void {
  writeFileSync(join(stack.dir, "resume"), "");
}

test("kill -9 in the middle of up: the next up ends right, with nothing doubled", async () => {
  await killAt("create second", "slow");
  expect(stack.document().deployment.pending_operations?.map(({ type }) => type)).toEqual(["creating"]);
  expect(stack.states("first")).toHaveLength(1);
  letSlowOnesPass();
  const next = await stack.up("slow");
  expect(next.changes).toEqual({ same: 2, create: 1 });
  expect(stack.output()).toContain("an earlier run was stopped while creating");
  expect(stack.calls()).toEqual(["create first", "create second", "create second"]);
  expect(stack.states("second")).toHaveLength(1);
  expect(stack.document().deployment.pending_operations).toBeUndefined();
});

test("kill -9 ends the provider too: it does not go on beside the next run", async () => {
  await killAt("create second", "slow");
  await sleep(300);
  letSlowOnesPass();
  await sleep(300);
  expect(stack.file("second")).toBeUndefined();
});

test("an interrupted creation that is no longer wanted is found and deleted", async () => {
  await killAt("create second", "slow");
  letSlowOnesPass();
  await stack.destroy();
  expect(stack.calls().slice(2)).toEqual(["create second", "delete second", "delete first"]);
  expect(stack.file("second")).toBeUndefined();
  expect(stack.document().deployment.resources).toEqual([]);
  expect(stack.document().deployment.pending_operations).toBeUndefined();
});

test("an interrupted update is made again, even if the inputs look unchanged", async () => {
  await stack.up("updating");
  await killAt("update updated", "updating", { content: "two" });
  letSlowOnesPass();
  const next = await stack.up("updating");
  expect(next.changes).toEqual({ same: 1, update: 1 });
  expect(stack.file("updated")).toBe("one");
});

test("an interrupted deletion of what is wanted again is made again", async () => {
  await stack.up("retained");
  const document = stack.document();
  const [resource] = stack.states("retained");
  const { deployment } = document;
  const pending = [{ type: "deleting", resource }];
  writeFileSync(
    stack.stateFile,
    JSON.stringify({ ...document, deployment: { ...deployment, pending_operations: pending } }),
  );
  const next = await stack.up("retained");
  expect(next.changes).toEqual({ same: 1, create: 1 });
  expect(stack.states("retained")).toHaveLength(1);
});

test("a corrupted state is refused, named and kept", async () => {
  await stack.up("ignoring");
  const good = readFileSync(stack.stateFile, "utf8");
  const damaged = [
    good.slice(0, 200),
    good.replace('"version": 3', '"version": 4'),
    good.replace(/"urn": "[^"]*Stack::fixture-dev",/, ""),
    // The stack is gone, but its child still names it as its parent.
    good.replace('"urn": "urn:pulumi:dev::fixture::pulumi:pulumi:Stack::fixture-dev"', '"urn": "urn:x"'),
  ];
  for (const bad of damaged) {
    expect(bad).not.toBe(good);
    writeFileSync(stack.stateFile, bad);
    await expect(stack.up("ignoring")).rejects.toThrow(
      /dev\.json: the state is damaged: .*Restore it from a backup/,
    );
    expect(readFileSync(stack.stateFile, "utf8")).toBe(bad);
  }
});

test("the state before a run is kept beside it", async () => {
  await stack.up("ignoring");
  const before = readFileSync(stack.stateFile, "utf8");
  await stack.up("protected");
  expect(readFileSync(`${stack.stateFile}.bak`, "utf8")).toBe(before);
});

test("a lock that is held refuses with the holder's pid; a dead holder's is taken over", async () => {
  const lock = join(stack.dir, "state", "dev.lock");
  const release = await takeLock(lock);
  await expect(stack.up("ignoring")).rejects.toThrow(`locked by process ${process.pid}`);
  // A preview only reads.
  expect((await stack.preview("ignoring")).changes).toEqual({ create: 2 });
  await release();
  mkdirSync(join(stack.dir, "state"), { recursive: true });
  // The pid lives, but began at another time: it is another process.
  writeFileSync(lock, JSON.stringify({ pid: process.pid, started: "1", since: "2020-01-01T00:00:00Z" }));
  await stack.up("ignoring");
  expect(stack.file("state/dev.lock")).toBeUndefined();
});

test("who waits for a lock says so once, and gets it after its holder", async () => {
  const lock = join(stack.dir, "waited.lock");
  const said: string[] = [];
  const { signal } = new AbortController();
  const release = await takeLock(lock);
  let got = false;
  const second = takeLock(lock, { say: (text) => said.push(text), signal }).then((free) => {
    got = true;
    return free;
  });
  await sleep(700);
  expect([got, said.length, said[0]]).toEqual([false, 1, expect.stringContaining(`${process.pid}`)]);
  await release();
  await (await second)();
  await release();
  const other = await takeLock(lock);
  const aborted = { say: () => {}, signal: AbortSignal.abort() };
  await expect(takeLock(lock, aborted)).rejects.toThrow(/cancelled while waiting/);
  await other();
});

test("of many who take a dead holder's lock, one gets it", async () => {
  const lock = join(stack.dir, "many.lock");
  writeFileSync(lock, "{ not even JSON");
  const takers = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(lock)));
  expect(takers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});
