import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { plan } from "../../cli/plan";
import { projectRoot } from "../../local/home";
import { type Examples, installExamples } from "./installed";

let examples: Examples;

beforeAll(() => {
  examples = installExamples();
}, 180_000);

afterAll(() => examples.remove());

const folder = join(projectRoot, "examples");
const runtimeOf = (name: string) => parse(readFileSync(join(folder, name, "Pulumi.yaml"), "utf8")).runtime;
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The types that a preview creates, with how many of each. */
async function typesOf(
  name: string,
  secretConfig: Readonly<Record<string, string>> = {},
): Promise<Record<string, number>> {
  const { steps } = await plan("dev", { projectDir: join(examples.folder, name), secretConfig });
  const types: Record<string, number> = {};
  for (const { newState } of steps) if (newState) types[newState.type] = (types[newState.type] ?? 0) + 1;
  return types;
}

it("has a program for each way to use the components", () => {
  expect(names).toEqual(["azure", "onpremise", "tracking-server", "yaml-tracking-server"]);
  // The YAML program needs a Pulumi CLI: test/cli/package.cli.ts.
  expect(names.filter((name) => runtimeOf(name) !== "nodejs")).toEqual(["yaml-tracking-server"]);
});

it("compiles against the package's types, as its users see them", () => examples.checkTypes(), 180_000);

it("previews one tracking server on a cluster that exists", async () => {
  const names = ["preparePassword", "trackingPassword", "accessKey", "secretKey"];
  const secrets = Object.fromEntries(names.map((each) => [`tracking-server:${each}`, "secret"]));
  expect(await typesOf("tracking-server", secrets)).toMatchObject({
    "ecluse:kubernetes:TrackingServer": 1,
    "ecluse:kubernetes:IsolatedNamespace": 1,
    "kubernetes:apps/v1:Deployment": 1,
    "kubernetes:batch/v1:Job": 1,
    // Of both roles of the database, of the store, the key of sessions, and the certificate.
    "kubernetes:core/v1:Secret": 5,
  });
});

it("previews one environment on a team's own cluster", async () => {
  expect(await typesOf("onpremise")).toMatchObject({
    "ecluse:index:Environment": 1,
    "ecluse:index:UseCase": 1,
    "ecluse:kubernetes:Postgresql": 1,
    "ecluse:kubernetes:DeployedStore": 1,
    "ecluse:kubernetes:ModelServer": 1,
    "ecluse:kubernetes:DriftMonitor": 1,
  });
});

it("previews two environments on Azure in one program", async () => {
  expect(await typesOf("azure")).toMatchObject({
    "ecluse:index:Environment": 2,
    "ecluse:azure:Network": 2,
    "ecluse:azure:Cluster": 2,
    "azure-native:keyvault:Vault": 2,
    "azure-native:dbforpostgresql:Server": 2,
  });
});
