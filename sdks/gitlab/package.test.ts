import { execFileSync } from "node:child_process";
import { join } from "node:path";
import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { Fixture } from "../../local/engine/testdata/harness";
import { projectRoot } from "../../local/home";
import { secret, UNKNOWN } from "../../protocol/properties";
import * as pkg from "./package.json";
import { register, secretsOf } from "./testdata/register";

type Variable = pulumi.CustomResource & Readonly<Record<"key" | "value", pulumi.Output<string>>>;
type MakeVariable = (opts: pulumi.CustomResourceOptions) => Variable;

const variable: MakeVariable = (opts) =>
  new gitlab.ProjectVariable("one", { project: "7", key: "K", value: "v" }, opts);
const groupVariable: MakeVariable = (opts) =>
  new gitlab.GroupVariable("one", { group: "7", key: "K", value: "v" }, opts);
const scheduleVariable: MakeVariable = (opts) => {
  const args = { project: "7", pipelineScheduleId: 1, key: "K", value: "v" };
  return new gitlab.PipelineScheduleVariable("one", args, opts);
};

it.each([
  ["project", variable],
  ["group", groupVariable],
  ["schedule", scheduleVariable],
])("the value of a %s's variable is secret, though the schema leaves it plain", async (_of, make) => {
  const { inputs, options, resource } = await register(make);
  expect(secretsOf(inputs)).toEqual(["value"]);
  expect(options.additionalSecretOutputs).toEqual(["value"]);
  expect(await pulumi.isSecret(resource.value)).toBe(true);
  expect(await pulumi.isSecret(resource.key)).toBe(false);
});

it("the caller's options are kept: another version, more secrets", async () => {
  const { options } = await register((opts) =>
    gitlab.UserRunner.get("one", "7", undefined, {
      ...opts,
      version: "9.0.0",
      additionalSecretOutputs: ["maintenanceNote"],
    }),
  );
  expect(options.version).toBe("9.0.0");
  expect(options.additionalSecretOutputs).toEqual(["token", "maintenanceNote"]);
});

it("a function asks with its token and arguments, at once or when they are known", async () => {
  const asked: pulumi.runtime.MockCallArgs[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ inputs }) => ({ id: "made", state: inputs }),
    call: (args) => {
      asked.push(args);
      return { id: "12" };
    },
  });
  expect((await gitlab.getGroup({ fullPath: "models" })).id).toBe("12");
  const found = gitlab.getProjectOutput({ pathWithNamespace: pulumi.output("models/churn") });
  expect(await new Promise((done) => found.id.apply(done))).toBe("12");
  expect(asked).toMatchObject([
    { token: "gitlab:index/getGroup:getGroup", inputs: { fullPath: "models" } },
    { token: "gitlab:index/getProject:getProject", inputs: { pathWithNamespace: "models/churn" } },
  ]);
});

it("a reference to a resource or a provider becomes an object of its class again", async () => {
  const { resource } = await register(variable);
  const urn = await new Promise<string>((done) => resource.urn.apply(done));
  const module = pulumi.runtime.getResourceModule("gitlab", "index/projectVariable", pkg.version);
  const again = module?.construct("one", "", urn);
  expect(gitlab.ProjectVariable.isInstance(again)).toBe(true);
  expect(await new Promise((done) => (again as gitlab.ProjectVariable).key.apply(done))).toBe("K");

  const provider = (await register((opts) => new gitlab.Provider("one", {}, opts))).resource;
  const providerUrn = await new Promise<string>((done) => provider.urn.apply(done));
  const found = pulumi.runtime.getResourcePackage("gitlab", pkg.version);
  expect(gitlab.Provider.isInstance(found?.constructProvider("one", "", providerUrn))).toBe(true);
});

/** What a process started with these words prints of the package. */
function loaded(...words: string[]): string {
  const script = `const { Project } = require("@pulumi/gitlab"), { CustomResource } = require("@pulumi/pulumi");
    console.log(Project.__pulumiType, Project.prototype instanceof CustomResource)`;
  return execFileSync(process.execPath, [...words, "-e", script], {
    cwd: projectRoot,
    encoding: "utf8",
  }).trim();
}

it("is loaded by tsx, with the program's own SDK", () => {
  expect(loaded("--import", "tsx")).toBe("gitlab:index/project:Project true");
});

it("is loaded by the program that the engine runs, where plans keep its secrets", async () => {
  const stack = new Fixture();
  const off = { "pulumi:disable-default-providers": '["*"]' };
  const projectDir = join(__dirname, "testdata/program");
  const plan = await stack.preview("", off, { projectDir, passphrase: undefined });
  stack.remove();
  const password = plan.steps.find(({ urn }) => urn.endsWith("::password"))?.newState;
  expect(plan.changes).toEqual({ create: 4 });
  expect(password?.inputs).toEqual({
    project: UNKNOWN,
    key: "PASSWORD",
    value: secret("hunter22"),
    protected: true,
  });
  expect(plan.outputs).toEqual({ address: UNKNOWN, platform: UNKNOWN });
});
