import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Fixture } from "./testdata/harness";

vi.setConfig({ testTimeout: 90_000 });
let stack: Fixture;
beforeEach(() => {
  stack = new Fixture();
});
afterEach(() => stack.remove());

test("protect: neither removal nor destroy deletes, and nothing else is deleted", async () => {
  await stack.up("protected");
  await expect(stack.up("protected", { keep: "false" })).rejects.toThrow(
    /File::kept" cannot be deleted because it is protected: the program .* with its option protect set to false/,
  );
  await expect(stack.destroy()).rejects.toThrow(/is protected/);
  expect(stack.calls()).toEqual(["create kept"]);
  expect(stack.states("kept")[0]?.protect).toBe(true);
  // A change in place is allowed.
  expect((await stack.up("protected", { content: "other" })).changes).toEqual({ same: 1, update: 1 });
});

test("ignoreChanges keeps the old value", async () => {
  await stack.up("ignoring");
  expect((await stack.up("ignoring", { content: "other" })).changes).toEqual({ same: 2 });
  expect(stack.file("ignored")).toBe("one");
  expect(stack.states("ignored")[0]?.inputs?.content).toBe("one");
});

test("replaceOnChanges replaces, and deleteBeforeReplace deletes first", async () => {
  await stack.up("replacing");
  await stack.up("replacing", { content: "other" });
  expect(stack.calls().slice(1)).toEqual(["delete replaced", "create replaced"]);
});

test("retainOnDelete forgets without deleting", async () => {
  await stack.up("retained");
  const gone = await stack.up("retained", { keep: "false" });
  expect(gone.changes).toEqual({ same: 1, delete: 1 });
  expect(stack.calls()).toEqual(["create retained"]);
  expect(stack.states("retained")).toEqual([]);
});

test("an alias finds the resource under its former name", async () => {
  await stack.up("aliased");
  const renamed = await stack.up("aliased", { name: "file" });
  expect(renamed.changes).toEqual({ same: 2 });
  expect(stack.calls()).toEqual(["create former"]);
  expect(stack.states("former")).toEqual([]);
  expect(stack.states("present")[0]?.id).toBe("file");
});

test("deletedWith spares the call for what goes with its host", async () => {
  await stack.up("deletedWith");
  const gone = await stack.destroy();
  expect(gone.changes).toEqual({ delete: 3 });
  expect(stack.calls().slice(2)).toEqual(["delete host"]);
});

test("reads a resource of others, and asks its provider", async () => {
  const result = await stack.up("invoking", { content: "loud" });
  expect(result.outputs).toEqual({ text: "LOUD", read: "LOUD" });
  expect(stack.states("read")[0]).toMatchObject({ external: true, id: "made" });
  const gone = await stack.destroy();
  expect(gone.changes).toEqual({ delete: 2, discard: 1 });
  expect(stack.calls()).toEqual(["create made", "delete made"]);
});

test("a default provider that is switched off is refused by name", async () => {
  const off = { "pulumi:disable-default-providers": '["*"]' };
  await expect(stack.up("ignoring", off)).rejects.toThrow(
    /Default provider for 'files' disabled\. 'urn:pulumi:dev::fixture::files:index:File::ignored' must use/,
  );
  expect((await stack.up("chain", off)).changes).toEqual({ same: 1, create: 5 });
  await expect(stack.up("chain", { "pulumi:disable-default-providers": "all" })).rejects.toThrow(
    /must be a list of package names or \["\*"\], got all/,
  );
});

test.each([
  ["importing", /File::imported: import is not supported by the embedded engine/],
  ["transforming", /does not support transforms/],
  ["triggering", /replacementTrigger is not supported/],
  ["asset", /assets and archives are not supported/],
])("%s is refused by name, and makes nothing", async (scenario, message) => {
  const failed = await stack.up(scenario).then(
    () => "it went through",
    (error: Error) => error.message,
  );
  expect(failed + stack.output()).toMatch(message);
  expect(failed).not.toBe("it went through");
  expect(stack.calls()).toEqual([]);
});

test("policy packs are refused by name", async () => {
  const failing = stack.preview("chain", {}, { policyPacks: ["policies"] });
  await expect(failing).rejects.toThrow(/policy pack "policies": policy packs of others/);
});
