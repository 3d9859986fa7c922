import { statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Fixture } from "./testdata/harness";

vi.setConfig({ testTimeout: 90_000 });
let stack: Fixture;
beforeEach(() => {
  stack = new Fixture();
});
afterEach(() => stack.remove());

test("creates resources in order, keeps them, and deletes them in reverse", async () => {
  const first = await stack.up("chain");
  expect(first.changes).toEqual({ create: 6 });
  expect(first.outputs).toEqual({ size: 3, folder: 6 });
  expect(stack.calls()).toEqual(["create first", "create second", "create folder-file"]);
  expect(stack.file("second")).toBe("one");

  const written = statSync(stack.stateFile).mtimeMs;
  const again = await stack.up("chain");
  expect(again.changes).toEqual({ same: 6 });
  expect(again.outputs).toEqual({ size: 3, folder: 6 });
  expect(statSync(stack.stateFile).mtimeMs).toBe(written);

  const gone = await stack.destroy();
  expect(gone.changes).toEqual({ delete: 6 });
  expect(stack.calls().slice(3)).toEqual(["delete folder-file", "delete second", "delete first"]);
  expect(stack.document().deployment.resources).toEqual([]);
});

test("the state has the shape that the Pulumi CLI exports", async () => {
  await stack.up("chain");
  const { version, deployment } = stack.document();
  expect(version).toBe(3);
  expect(Object.keys(deployment)).toEqual(["manifest", "secrets_providers", "resources", "metadata"]);
  expect(deployment.secrets_providers?.type).toBe("passphrase");
  expect(deployment.secrets_providers?.state?.salt).toMatch(/^v1:\S{12}:v1:\S{16}:\S{32}$/);
  const [provider] = stack.states("files");
  const [second] = stack.states("second");
  const firstUrn = "urn:pulumi:dev::fixture::files:index:File::first";
  expect(second).toEqual({
    urn: "urn:pulumi:dev::fixture::files:index:File::second",
    custom: true,
    id: "second",
    type: "files:index:File",
    inputs: { content: "one", name: "second" },
    outputs: { content: "one", name: "second", size: 3 },
    parent: "urn:pulumi:dev::fixture::pulumi:pulumi:Stack::fixture-dev",
    // `new File("second", …)` of the scenario `chain`, in TypeScript's lines and columns.
    sourcePosition: "project:///scenarios.ts#19,20",
    dependencies: [firstUrn],
    propertyDependencies: { content: [firstUrn], name: [] },
    provider: `${provider?.urn}::${provider?.id}`,
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
  const urns = (deployment.resources ?? []).map((state) => state.urn);
  expect(urns.at(-1)).toBe("urn:pulumi:dev::fixture::fixture:index:Folder$files:index:File::folder-file");
});

test("updates what changed and what depends on it", async () => {
  await stack.up("chain");
  const changed = await stack.up("chain", { content: "twice" });
  expect(changed.changes).toEqual({ update: 2, same: 4 });
  expect(stack.calls().slice(3)).toEqual(["update first", "update second"]);
  expect(changed.outputs.size).toBe(5);
  expect(stack.states("first")[0]?.outputs?.size).toBe(5);
});

test("replaces by creating before deleting", async () => {
  await stack.up("renamed");
  const changed = await stack.up("renamed", { name: "b" });
  expect(changed.changes).toEqual({ same: 1, replace: 1, update: 1 });
  expect(stack.calls().slice(2)).toEqual(["create first", "update second", "delete first"]);
  expect([stack.file("a"), stack.file("b"), stack.file("second")]).toEqual([undefined, "one", "b!"]);
  expect(stack.states("first").map((state) => state.id)).toEqual(["b"]);
});

test("replaces by deleting first, with the dependents that cannot outlive it", async () => {
  await stack.up("seeded", { seed: "s1" });
  const changed = await stack.up("seeded", { seed: "s2" });
  // `second` takes its seed from `first`, and a seed cannot be changed; `third` only takes a text from `second`.
  expect(stack.calls().slice(3)).toEqual(["delete second", "delete first", "create first", "create second"]);
  expect(changed.changes).toEqual({ same: 2, replace: 2 });
  expect(stack.file("second")).toBe("stays");
});

test("removes what the program no longer names", async () => {
  await stack.up("chain");
  const changed = await stack.up("ignoring");
  expect(changed.changes.delete).toBe(5);
  expect(stack.file("first")).toBeUndefined();
  expect(stack.file("ignored")).toBe("one");
});

test("a failure midway keeps what was made, and the next run goes on", async () => {
  await expect(stack.up("failing", { content: "fail" })).rejects.toThrow(
    /cannot write second: asked to fail/,
  );
  expect(stack.output()).toContain('"type":"step-failed","op":"create"');
  expect(stack.states("first")).toHaveLength(1);
  expect(stack.states("second")).toHaveLength(0);
  expect(stack.document().deployment.pending_operations).toBeUndefined();
  const next = await stack.up("failing");
  expect(next.changes).toEqual({ same: 2, create: 1 });
  expect(stack.calls()).toEqual(["create first", "create second", "create second"]);
});

test("a failed update keeps the old state, and nothing is deleted after a failure", async () => {
  await stack.up("failing");
  await expect(stack.up("failing", { content: "fail" })).rejects.toThrow(/asked to fail/);
  expect(stack.states("second")[0]?.inputs?.content).toBe("one");
  expect(stack.calls()).not.toContain("delete first");
});

test("inputs that the provider refuses name the resource and the property", async () => {
  await expect(stack.up("failing", { content: "forbidden" })).rejects.toThrow(/File::second: content: no$/);
});

test("a program that throws changes nothing that stands", async () => {
  await stack.up("failing");
  await expect(stack.up("no such scenario")).rejects.toThrow(
    /Error: no scenario no such scenario\n[\s\S]*index\.ts:6:22/,
  );
  expect(stack.states("second")).toHaveLength(1);
});

test("independent resources are made at the same time", async () => {
  await stack.up("parallel");
  const at = (type: string, name: string) =>
    stack.events.findIndex((event) => event.type === type && "urn" in event && event.urn?.endsWith(name));
  expect(at("step-started", "::right")).toBeLessThan(at("step-finished", "::left"));
  expect(at("step-started", "::left")).toBeLessThan(at("step-finished", "::right"));
});

test("a preview changes nothing and foretells", async () => {
  await stack.up("chain");
  const state = JSON.stringify(stack.document());
  const preview = await stack.preview("chain", { content: "twice" });
  expect(preview.changes).toEqual({ update: 2, same: 4 });
  expect(stack.calls()).toHaveLength(3);
  expect(JSON.stringify(stack.document())).toBe(state);
});

test("the environment of program and provider is scrubbed", async () => {
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "must not pass");
  const result = await stack.up("environment");
  vi.unstubAllEnvs();
  expect(result.outputs.names).not.toContain("PULUMI_CONFIG_PASSPHRASE");
  expect(result.outputs.names).toContain("FIXTURE_DIR");
});

test("a cancelled run finishes what is under way, saves it and releases the lock", async () => {
  const stop = new AbortController();
  const running = stack.up(
    "cancelled",
    {},
    {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "step-started" && event.urn.endsWith("::first")) stop.abort();
      },
    },
  );
  await expect(running).rejects.toThrow(/^cancelled: /);
  expect(stack.states("first")).toHaveLength(1);
  expect(stack.calls()).toEqual(["create first"]);
  expect(stack.file("state/dev.lock")).toBeUndefined();
});

test("unknown settings are refused by key, value and fix", async () => {
  const projectDir = stack.dir;
  writeFileSync(`${projectDir}/Pulumi.yaml`, "name: fixture\nruntime: nodejs\nmian: x\n");
  await expect(stack.up("chain", {}, { projectDir })).rejects.toThrow(
    /"mian: "x"" is not a key.*correct it to one of/,
  );
  writeFileSync(`${projectDir}/Pulumi.yaml`, "name: fixture\nruntime: python\n");
  await expect(stack.up("chain", {}, { projectDir })).rejects.toThrow(/runtime "python" is not supported/);
});
