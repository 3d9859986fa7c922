import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UNKNOWN } from "../../protocol/properties";
import { digest } from "./json";
import { Fixture } from "./testdata/harness";

vi.setConfig({ testTimeout: 90_000 });
const network = "urn:pulumi:dev::fixture::cloud:net:Network::network";
let stack: Fixture;
beforeEach(() => {
  stack = new Fixture();
});
afterEach(() => stack.remove());

interface Digest {
  readonly config: Record<string, string>;
  readonly steps: { op: string; urn: string; newState: { inputs: object; propertyDependencies?: object } }[];
  readonly changeSummary: object;
  readonly duration: number;
}

test("resources of an absent provider are planned from their inputs, with unknown outputs", async () => {
  const result = await stack.preview("absent", {}, { passphrase: undefined });
  expect(result.changes).toEqual({ create: 3 });
  expect(result.outputs).toEqual({ size: UNKNOWN, image: UNKNOWN });
  expect(stack.output()).toContain('provider \\"cloud\\" is not installed: planned from inputs');
  const { steps, config, changeSummary, duration } = digest(result) as Digest;
  expect(config).toEqual({ "fixture:scenario": "absent" });
  expect(changeSummary).toEqual({ create: 3 });
  expect(duration).toBeGreaterThan(1e6);
  expect(steps.map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)).toEqual([
    "create fixture-dev",
    "create network",
    "create machine",
  ]);
  expect(steps[1]?.newState.inputs).toEqual({ name: "network", content: "one" });
  expect(steps[2]?.newState.inputs).toEqual({ name: "machine", content: UNKNOWN });
  // A relation through an unknown is proved by the dependency.
  expect(steps[2]?.newState.propertyDependencies).toEqual({ content: [network], name: [] });
});

test("up with an absent provider names the plugin and the fix", async () => {
  await expect(stack.up("absent")).rejects.toThrow(
    /provider plugin "cloud" is not installed: .*add it there, or use the Pulumi CLI/,
  );
});

test("a preview against a given state compares inputs", async () => {
  const stackUrn = "urn:pulumi:dev::fixture::pulumi:pulumi:Stack::fixture-dev";
  const provider = "urn:pulumi:dev::fixture::pulumi:providers:cloud::default";
  const known = { parent: stackUrn, custom: true, type: "cloud:net:Network", provider: `${provider}::x` };
  const file = join(stack.dir, "exported.json");
  const resources = [
    { urn: stackUrn, custom: false, type: "pulumi:pulumi:Stack" },
    { urn: provider, custom: true, id: "x", type: "pulumi:providers:cloud", inputs: {}, outputs: {} },
    { ...known, urn: network, id: "n", inputs: { name: "network", content: "one" }, outputs: { size: 7 } },
    { ...known, urn: `${network}-2`, id: "o", inputs: {}, outputs: {} },
  ];
  const manifest = { time: "", magic: "", version: "" };
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest, resources } }));

  const same = await stack.preview("absent", {}, { stateFile: file });
  expect(same.changes).toEqual({ same: 2, create: 1, delete: 1 });
  const changed = await stack.preview("absent", { content: "two" }, { stateFile: file });
  expect(changed.changes).toEqual({ same: 1, update: 1, create: 1, delete: 1 });
  expect(digest(changed)).toMatchObject({
    steps: expect.arrayContaining([
      expect.objectContaining({
        op: "update",
        urn: network,
        diffReasons: ["content"],
        detailedDiff: { content: { kind: "update", inputDiff: true } },
      }),
    ]),
  });
  await expect(stack.preview("absent", {}, { stateFile: `${file}.none` })).rejects.toThrow(/does not exist/);
});
