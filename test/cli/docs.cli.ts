import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parse } from "yaml";
import { nodeBinary, projectRoot } from "../../local/home";
import type { Checkout } from "../graphs/checkout";
import { npxVersion } from "./build";
import { resources } from "./counts";
import { cliProject } from "./project";
import { projectCli } from "./projectCli";
import type { Pulumi } from "./pulumi";

/** What each page has people run, by stack and in an order in which it can be run. */
const written = {
  forge: [
    'npx pulumi stack init forge --secrets-provider "$PULUMI_SECRETS_PROVIDER"',
    "npx pulumi up --stack forge --target '**:providers:gitlab::forge-gitlab' --target '**ecluse:*:*::*'",
    "npx pulumi preview --stack forge --import-file import.json",
    "npx pulumi import --stack forge --file import.json --protect=false --generate-code=false",
    "npx pulumi up --stack forge --policy-pack policies",
    "npx pulumi stack output webhookTokens --stack forge --show-secrets",
    "npx pulumi stack output projectIds --stack forge",
    "npx pulumi up --stack forge --replace '<URN of random:…:RandomPassword::forge-webhooks-NAME>'",
    "npx pulumi up --stack forge",
  ],
  dev: [
    'npx pulumi stack init dev --secrets-provider "$PULUMI_SECRETS_PROVIDER"',
    "npx pulumi up --stack dev --target '**ecluse:*:*::*' --target '**:ResourceGroup::*-group'",
    "npx pulumi up --stack dev --target '**ecluse:*:*::*' --target '**azure-native:**' --target " +
      "'**random:**' --target '**tls:**' --target '**gitlab:**'",
    "npx pulumi up --stack dev",
    "npx pulumi refresh --stack dev",
    "npx pulumi up --stack dev --replace '**:Job::dev-tracking-database-admin'",
    "npx pulumi preview --diff",
    "npx pulumi preview --refresh",
    "npx pulumi up --policy-pack policies",
    "npx pulumi destroy --stack dev",
    "npx pulumi stack rm dev --preserve-config",
  ],
  "onprem-dev": [
    'npx pulumi stack init onprem-dev --secrets-provider "$PULUMI_SECRETS_PROVIDER"',
    "npx pulumi up --stack onprem-dev --target '**ecluse:*:*::*' --target '**IsolatedNamespace**'",
    "npx pulumi up --stack onprem-dev",
    "npx pulumi destroy --stack onprem-dev",
    "npx pulumi stack rm onprem-dev --preserve-config",
  ],
} as const;

const production = (stack: string) => [
  `npx pulumi stack export --stack ${stack} --file prod.json`,
  "npx pulumi policy analyze --file prod.json --policy-pack policies",
  `npx pulumi state unprotect --all --stack ${stack}`,
  `npx pulumi destroy --stack ${stack}`,
];

/** What is run after a stack was brought up: the end of production, and of a run that was broken off. */
const afterwards = {
  prod: [...production("prod"), "npx pulumi stack rm prod --preserve-config"],
  "onprem-prod": production("onprem-prod"),
} as const;

/** What cannot be run as it stands: it is about a run of somebody else's. */
const notRun = ["npx pulumi cancel --stack dev"];

let checkout: Checkout;
let cli: Pulumi;
beforeAll(() => {
  checkout = cliProject();
  cli = projectCli(checkout, {
    PULUMI_SECRETS_PROVIDER: "passphrase",
    // Nobody is there to say yes.
    PULUMI_SKIP_CONFIRMATIONS: "true",
  });
});
afterAll(() => {
  cli.remove();
  checkout.remove();
});

/** Runs a line in a shell, in the checkout; throws what it printed when it fails. */
async function shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn("bash", ["-euo", "pipefail", "-c", line], {
    cwd: checkout.projectDir,
    env: { ...cli.environment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${line} ended with ${code}:\n${said}`);
  return said;
}

/** The commands of the CLI in README and docs: lines of code blocks, and code within sentences. */
function documented(): string[] {
  const pages = readdirSync(join(projectRoot, "docs")).filter((name) => name.endsWith(".md"));
  const texts = ["README.md", ...pages.map((name) => `docs/${name}`)].map((name) =>
    readFileSync(join(projectRoot, name), "utf8"),
  );
  const found = texts.flatMap((text) => [
    ...[...text.matchAll(/^npx pulumi .*$/gm)].map(([line]) => line.replace(/\s+#.*$/, "")),
    ...[...text.matchAll(/`(npx pulumi [^`]+)`/g)].map(([, code = ""]) => code),
  ]);
  // An ellipsis stands for any stack.
  return [...new Set(found)].filter((command) => !/[…]$/.test(command)).sort();
}

it("every command of the Pulumi CLI in README and docs is run here", () => {
  const all = [...Object.values(written), ...Object.values(afterwards), notRun].flat();
  expect(documented()).toEqual([...new Set(all)].sort());
});

/** What a person does between two commands, and puts in the place of what a page leaves open. */
async function filledIn(command: string): Promise<string> {
  if (command.includes(" import ")) fillImport();
  if (!command.includes("<URN")) return command;
  const { deployment } = await cli.state("forge");
  const urn = deployment.resources
    ?.map((state) => state.urn)
    .find((each) => each.includes("::forge-webhooks-"));
  return command.replace(/<URN[^>]*>/, urn ?? "");
}

/** Keeps the group and a project in the list of what could be imported, with the numbers that GitLab gave them. */
function fillImport(): void {
  const file = join(checkout.projectDir, "import.json");
  const list = JSON.parse(readFileSync(file, "utf8")) as { resources: { type: string; id: string }[] };
  const there = list.resources.filter(({ type }) => /:(Group|Project)$/.test(type));
  list.resources = there.map((each, at) => ({ ...each, id: String(40 + at) }));
  writeFileSync(file, JSON.stringify(list));
}

describe.each(Object.entries(written))("the commands of docs for %s", (stack, commands) => {
  it.each(commands)("%s", async (command) => {
    const said = await shell(await filledIn(command));
    if (command.includes(" import ")) expect(said).toMatch(/= 3 imported/);
    if (command === `npx pulumi up --stack ${stack}`) expect(said).not.toMatch(/error:/);
  });
});

it("taking over what GitLab has updates it, and makes no second one", async () => {
  const { deployment } = await cli.state("forge");
  const projects = deployment.resources?.filter(({ type }) => type === "gitlab:index/project:Project") ?? [];
  expect(projects.map(({ id }) => id).sort()).toEqual(["41", "42"]);
});

describe.each(Object.entries(afterwards))("the commands of docs for the end of %s", (stack, commands) => {
  it("removes production only after its protection was taken off", async () => {
    await cli.init(stack);
    await cli.change("up", stack);
    for (const command of commands) await shell(command);
    const left = JSON.parse(await shell("npx pulumi stack ls --json")) as {
      name: string;
      resourceCount?: number;
    }[];
    expect(left.filter(({ name, resourceCount }) => name === stack && resourceCount)).toEqual([]);
  });
});

it("ecluse changes a stack that is not of this machine by the Pulumi CLI, judged by the rules", async () => {
  const ecluse = (words: string) => shell(`'${nodeBinary}' --import tsx cli/main.ts ${words} --yes`);
  await cli.init("onprem-dev");
  expect(await ecluse("up onprem-dev")).toMatch(/Policies:[\s\S]*ecluse/);
  expect((await cli.state("onprem-dev")).deployment.resources).toHaveLength(resources["onprem-dev"]);
  expect(await ecluse("refresh onprem-dev")).toContain(`${resources["onprem-dev"]} unchanged`);
  await ecluse("destroy onprem-dev");
  expect((await cli.state("onprem-dev")).deployment.resources ?? []).toEqual([]);
  await expect(ecluse("up staging")).rejects.toThrow(/there is no stack staging/);
});

describe("the platform's pipeline", () => {
  interface Job {
    readonly script?: readonly string[];
    readonly before_script?: readonly string[];
  }
  const jobs = parse(readFileSync(join(projectRoot, ".gitlab-ci.yml"), "utf8")) as Record<string, Job>;
  const lines = (name: string, part: keyof Job) =>
    (jobs[name]?.[part] ?? []).filter((line) => line.startsWith("pulumi "));

  it("has the CLI of the package in its image", () => {
    const dockerfile = readFileSync(join(projectRoot, "images/deployer/Dockerfile"), "utf8");
    expect(dockerfile).toContain(`PULUMI=pulumi/pulumi-base:${npxVersion}\n`);
  });

  it("previews and brings up a stack with its lines as they are written", async () => {
    const env = {
      STACK: "dev",
      CI: "true",
      PATH: `${join(inject("pulumiHome"), "versions", npxVersion, "bin")}:${cli.environment().PATH}`,
    };
    const all = [lines(".azure", "before_script"), lines(".preview", "script"), lines(".up", "script")];
    expect(all.map(({ length }) => length)).toEqual([1, 1, 1]);
    for (const line of all.flat()) await shell(line, env);
    expect((await cli.state("dev")).deployment.resources).toHaveLength(resources.dev);
  });
});
