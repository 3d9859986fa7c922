import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { secret, UNKNOWN } from "../../protocol/properties";
import type { Fill } from "./offline";
import type { RunResult } from "./options";
import type { Made } from "./provider";
import { Fixture } from "./testdata/harness";

vi.setConfig({ testTimeout: 90_000 });
const cloud = { projectDir: join(__dirname, "testdata/cloud"), passphrase: undefined };
const off = { "pulumi:disable-default-providers": '["*"]' };
let stack: Fixture;
beforeEach(() => {
  stack = new Fixture();
});
afterEach(() => stack.remove());

const plan = (scenario: string, config: Record<string, string> = {}, fill?: Fill) =>
  stack.preview(scenario, { ...off, ...config }, { ...cloud, ...(fill ? { fill } : {}) });

const stateOf = ({ steps }: RunResult, name: string) =>
  steps.find(({ urn }) => urn.endsWith(`::${name}`))?.newState;

test("150 resources of the clouds' own SDKs are planned, with what is given known and all else unknown", async () => {
  const result = await plan("environment", { servers: "140" });
  expect(result.changes).toEqual({ create: 152 });
  expect(result.outputs).toEqual({
    issuer: UNKNOWN,
    endpoint: UNKNOWN,
    kubeconfig: UNKNOWN,
    password: secret(UNKNOWN),
  });
  // A name that was given is known to those that use it; Azure's answer is not, though an input has the same name.
  expect(stateOf(result, "server-7")?.inputs).toMatchObject({
    metadata: { name: "server-7", namespace: "dev-platform" },
    spec: { template: { spec: { containers: [{ env: [{ name: "ISSUER", value: UNKNOWN }] }] } } },
  });
  expect(stateOf(result, "cluster")?.outputs).toEqual({ resourceGroupName: UNKNOWN, resourceName: "aks" });
  // Explicit providers whose settings are not known yet serve as well.
  expect(stateOf(result, "kubernetes")?.inputs?.kubeconfig).toEqual(secret(UNKNOWN));
  expect(stateOf(result, "server-7")?.provider).toContain("::pulumi:providers:kubernetes::kubernetes::");
});

test("a secret output is secret before it is known", async () => {
  const result = await plan("environment");
  expect(stateOf(result, "password")?.outputs).toEqual({ length: 20, result: secret(UNKNOWN) });
  expect(stateOf(result, "login")?.inputs?.stringData).toEqual(secret(UNKNOWN));
});

test("a fill gives ids and outputs of absent providers, and answers of their functions", async () => {
  const asked: string[] = [];
  const fill: Fill = {
    resource(type, name, inputs): Made {
      asked.push(`${type} ${name}`);
      if (type.endsWith(":ResourceGroup"))
        return { id: "/rg", outputs: { name: inputs.resourceGroupName ?? "" } };
      if (type.endsWith(":RandomPassword")) return { id: "none", outputs: { result: "made-up-password" } };
      if (type.endsWith(":ManagedCluster"))
        return { id: "/aks", outputs: { name: "aks", oidcIssuerProfile: { issuerURL: "https://issuer" } } };
      return { id: "", outputs: {} };
    },
    invoke: (token, args) =>
      token.endsWith(":listManagedClusterUserCredentials")
        ? { kubeconfigs: [{ name: "user", value: btoa(`of ${args.resourceName}`) }] }
        : undefined,
  };
  const result = await plan("environment", {}, fill);
  expect(asked).toContain("azure-native:containerservice:ManagedCluster cluster");
  expect(result.outputs).toEqual({
    issuer: "https://issuer",
    endpoint: UNKNOWN,
    kubeconfig: "of aks",
    password: secret("made-up-password"),
  });
  expect(stateOf(result, "account")?.inputs?.resourceGroupName).toBe("rg-fixture");
  // The SDK marks the data of a Secret; the made-up password is no exception.
  expect(stateOf(result, "login")?.inputs?.stringData).toEqual(secret({ password: "made-up-password" }));
});

test("a fill is refused where providers are asked", async () => {
  const fill: Fill = { resource: () => ({ id: "", outputs: {} }), invoke: () => undefined };
  await expect(stack.up("environment", off, { ...cloud, passphrase: "p", fill })).rejects.toThrow(
    /^fill is for previews only; up asks the providers$/,
  );
});

test("a resource that is read has its id and nothing more", async () => {
  const result = await plan("known");
  expect(result.outputs).toEqual({ id: "/subscriptions/s/resourceGroups/rg", location: UNKNOWN });
});

test("transformations change inputs", async () => {
  const result = await plan("renaming");
  expect(stateOf(result, "group")?.inputs?.tags).toEqual({ by: "transformation" });
});

test("an error of the program that is made for people is the message alone", async () => {
  await expect(plan("refusing")).rejects.toThrow(/^storage must be protected$/);
  expect(stack.output()).not.toContain("storage must be protected");
});
