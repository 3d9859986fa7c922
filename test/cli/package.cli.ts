// The component package in a Pulumi YAML program, by a real CLI: examples/yaml-tracking-server, as it is.
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { parse, stringify } from "yaml";
import { goTools } from "../../cluster/goBuild";
import { projectRoot } from "../../local/home";
import { type Digest, Pulumi } from "./pulumi";

const name = "yaml-tracking-server";
let folder: string;
let cli: Pulumi;
let digest: Digest;

/** The examples beside the components, whose packages are those of the checkout. */
function copies(): string {
  const copy = mkdtempSync(join(tmpdir(), "ecluse-yaml-"));
  for (const part of ["components", "examples", "tsconfig.json"])
    cpSync(join(projectRoot, part), join(copy, part), { recursive: true });
  symlinkSync(join(projectRoot, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** A made-up secret of the stack's config. */
const value = (key: string) => `${key}-of-the-test`;

/** Has the stand-in for clouds make what the real providers would. */
function withStandIn(project: string): void {
  const file = join(project, "Pulumi.yaml");
  const document = parse(readFileSync(file, "utf8"));
  const providers = ["kubernetes", "random"].map((each) => ({ name: each, path: join(__dirname, "echo") }));
  writeFileSync(file, stringify({ ...document, plugins: { providers } }));
  // Pulumi compiles a provider by the options of the project's folder.
  copyFileSync(join(projectRoot, "tsconfig.json"), join(project, "tsconfig.json"));
}

beforeAll(async () => {
  const title = "Pulumi's host of YAML programs";
  const hosts = await goTools({ folder: join(__dirname, "yaml"), title, ldflags: "" });
  folder = copies();
  const project = join(folder, "examples", name);
  withStandIn(project);
  const bin = mkdtempSync(join(tmpdir(), "ecluse-yaml-host-"));
  copyFileSync(join(hosts, "pulumi-language-yaml"), join(bin, "pulumi-language-yaml"));
  cli = new Pulumi(inject("pulumiHome"), project, { PATH: `${bin}:${process.env.PATH}` });
  await cli.init("dev");
  for (const key of ["preparePassword", "trackingPassword", "accessKey", "secretKey"])
    await cli.must("config", "set", "--stack", "dev", "--secret", key, value(key));
  digest = await cli.preview("dev");
});

afterAll(() => {
  cli?.remove();
  if (folder) rmSync(folder, { recursive: true });
});

const types = () => digest.steps.map(({ urn }) => urn.split("::")[2]?.split("$").at(-1));

it("makes the component, and below it the parts that TypeScript programs have", () => {
  expect(types()).toEqual(
    expect.arrayContaining([
      "ecluse:index:TrackingServer",
      "ecluse:kubernetes:TrackingServer",
      "ecluse:kubernetes:IsolatedNamespace",
      "ecluse:kubernetes:ClusterIssuer",
      "kubernetes:apps/v1:Deployment",
      "kubernetes:batch/v1:Job",
    ]),
  );
  expect(digest.steps.every(({ op }) => op === "create")).toBe(true);
});

it("comes up at once, with its secrets encrypted in the state", async () => {
  expect(Object.keys(await cli.change("up", "dev"))).toEqual(["create"]);
  const state = JSON.stringify(await cli.state("dev"));
  expect(state).toContain("objects-tracking");
  expect(["preparePassword", "secretKey"].filter((key) => state.includes(value(key)))).toEqual([]);
});
