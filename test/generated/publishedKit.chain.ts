// The kit by GitLab's package registry, here on a loopback port: the platform's job publishes it, jobs of a use case
// install what their lock names from there, and `ecluse update` brings the next version.
import { type ExecException, execFile } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import type { Place } from "../../cli/blueprint";
import { answers } from "../../cli/fixture";
import { newUseCase } from "../../cli/new";
import { updateUseCase } from "../../cli/update";
import { buildKit, kitEntry } from "../../local/forge/kit";
import { projectRoot, uvBinary } from "../../local/home";
import { python } from "../../local/provider/supervisor";
import { version } from "../../package.json";
import { expand, pipelineFile, type RawJob, two } from "../../templates/fixture";
import { openRegistry, type PackageRegistry } from "../packageRegistry";

const next = "0.99.0";
const token = "job-token";
const folder = `usecases/${answers.name}`;
const limits = `${folder}/src/late_trains/limits.yaml`;
let scratch: string;
let place: Place;
let registry: PackageRegistry;
let unitTest: RawJob;

const path = (file: string) => join(place.root, file);
const read = (file: string) => readFileSync(path(file), "utf8");
const rewrite = (file: string, from: string | RegExp, to: string) =>
  writeFileSync(path(file), read(file).replace(from, to));

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "ecluse-published-"));
  place = { root: join(scratch, "checkout"), home: join(scratch, "home") };
  const isSource = (file: string) => !/\/(tests|schemas|__pycache__)$/.test(file);
  const stacks = readdirSync(projectRoot).filter((name) => /^Pulumi\..*yaml$/.test(name));
  for (const name of ["package.json", ".gitignore", "blueprint", "python", ...stacks])
    cpSync(join(projectRoot, name), path(name), { recursive: true, filter: isSource });
  for (const made of [place.home, path("usecases"), join(scratch, "bin")]) mkdirSync(made);
  // What a job finds on PATH: no Python, as in the standard base image.
  symlinkSync("/bin/sed", join(scratch, "bin/sed"));
  // What uv makes an environment with.
  symlinkSync(realpathSync(python), join(scratch, "bin/python3"));
  symlinkSync(uvBinary, join(scratch, "bin/uv"));
  registry = await openRegistry({ token, project: ["7", "ecluse/platform"] });
  unitTest = (await expand(pipelineFile(two), "main")).raw["unit-test"] as RawJob;
});

afterAll(() => {
  registry?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs lines of a job with the variables that GitLab gives it; throws what they printed when they fail. */
async function job(cwd: string, lines: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const address = `127.0.0.1:${registry.port}`;
  const env = {
    // The machine's own settings say where its package index is.
    ...process.env,
    PATH: join(scratch, "bin"),
    VIRTUAL_ENV: undefined,
    CI_JOB_TOKEN: token,
    CI_SERVER_PROTOCOL: "http",
    CI_SERVER_HOST: "127.0.0.1",
    CI_SERVER_PORT: String(registry.port),
    CI_API_V4_URL: `http://${address}/api/v4`,
    CI_PROJECT_NAMESPACE: "ecluse",
    CI_PROJECT_ID: "7",
    ...more,
  };
  const words = ["--norc", "-euo", "pipefail", "-c", lines.join("\n")];
  return promisify(execFile)("/bin/bash", words, { cwd: path(cwd), env, maxBuffer: 16 << 20 }).catch(
    ({ stdout, stderr }: ExecException) => Promise.reject(new Error(`${stdout}\n${stderr}`)),
  );
}

/** The platform's job that publishes the kit, in a fresh checkout, as its pipeline has it. */
function publish() {
  rmSync(path("build"), { recursive: true, force: true });
  const { "publish-kit": found, variables } = parse(
    readFileSync(join(projectRoot, ".gitlab-ci.yml"), "utf8"),
  );
  expect(found).toMatchObject({ extends: ".on-main", image: expect.stringContaining("/python-base:") });
  const own: Record<string, string> = { ...variables, ...found.variables };
  // GitLab puts the value of one variable into another; a shell does so too.
  const set = Object.entries(own).map(([name, value]) => `export ${name}="${value}"`);
  const said = [`CI_DEFAULT_BRANCH=main CI_REGISTRY_IMAGE=registry`, ...set, ...found.script];
  return job(".", said);
}

/** The job of a use case that tests its code, in a fresh checkout. */
function test(more: Readonly<Record<string, string>> = {}) {
  rmSync(path(`${folder}/.venv`), { recursive: true, force: true });
  return job(folder, [...(unitTest.before_script ?? []), ...(unitTest.script ?? [])], more);
}

/** Releases a later kit that asks for one more bound, with its template, as `npm run lock` leaves the latter. */
async function release(): Promise<void> {
  rewrite("package.json", `"version": "${version}"`, `"version": "${next}"`);
  rewrite("python/pyproject.toml", `version = "${version}"`, `version = "${next}"`);
  rewrite(
    "python/ecluse/limits.py",
    '"null_loss": Bound(',
    '"later_loss": Bound(False, "quality lost a year later", "train again"),\n    "null_loss": Bound(',
  );
  const common = "blueprint/template/{{ common }}";
  const built = await buildKit({ uv: uvBinary, root: place.root }, join(scratch, "wheels"));
  rewrite(`${common}/requirements.in`, `ecluse==${version}`, `ecluse==${next}`);
  const entry = built.replace(" --hash", " \\\n    --hash");
  rewrite(`${common}/requirements.lock`, /^ecluse==.*\\\n.*$/m, entry);
}

it("the platform's job publishes the kit once, and takes no other bytes under its version", async () => {
  await publish();
  await publish();
  expect(registry.names).toEqual([`ecluse-${version}-py3-none-any.whl`]);
  appendFileSync(path("python/ecluse/limits.py"), "# changed\n");
  await expect(publish()).rejects.toThrow("Local file and index file do not match for `ecluse-");
  rewrite("python/ecluse/limits.py", "# changed\n", "");
  expect(registry.names).toHaveLength(1);
});

it("a job installs what the lock names from there, and the tests pass", async () => {
  await newUseCase(place, answers);
  await expect(test({ CI_JOB_TOKEN: "another" })).rejects.toThrow(/401 Unauthorized/);
  expect((await test()).stdout).toMatch(/\d+ passed/);
});

it("an update brings the next version, and beside it stays what the team added", async () => {
  rewrite(`${folder}/requirements.in`, /$/, "packaging\n");
  rewrite(`${folder}/requirements.lock`, /$/, "# ours: packaging\n");
  await release();
  const { from, to, conflicts, changed } = await updateUseCase(place, answers.name);
  expect([from, to, conflicts]).toEqual([version, next, []]);
  const files = [
    ".copier-answers.yml",
    ".gitlab-ci.yml",
    "pyproject.toml",
    "requirements.in",
    "requirements.lock",
  ];
  expect(changed).toEqual(files);
  expect(kitEntry(read(`${folder}/requirements.lock`))).toContain(`ecluse==${next} --hash=sha256:`);
  expect(read(`${folder}/requirements.lock`)).toContain("# ours: packaging\n");
  // Not published yet: nothing else is taken in its place.
  await expect(test()).rejects.toThrow(new RegExp(`ecluse==${next}`));
  await publish();
  expect(registry.names).toContain(`ecluse-${next}-py3-none-any.whl`);
});

it("a bound that the next version asks for is named by the tests, and is the team's to set", async () => {
  await expect(test()).rejects.toThrow(
    /later_loss is missing; add it with its bound \(the most quality lost a year later\) and its reason/,
  );
  appendFileSync(path(limits), "later_loss: { bound: 0.1, why: trains come later each year }\n");
  expect((await test()).stdout).toMatch(/\d+ passed/);
});

it("a lock whose kit the team changed is a conflict that the update names", async () => {
  rewrite(`${folder}/requirements.lock`, `ecluse==${next}`, "ecluse==0.5.0");
  rewrite("package.json", `"version": "${next}"`, '"version": "0.99.1"');
  rewrite("blueprint/template/{{ common }}/requirements.lock", `ecluse==${next}`, "ecluse==0.99.1");
  expect((await updateUseCase(place, answers.name)).conflicts).toEqual(["requirements.lock"]);
});
