import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { projectRoot } from "../../local/home";
import { python } from "../../local/provider/supervisor";
import { isObject, reveal, UNKNOWN, type Value } from "../../protocol/properties";
import { resourcesOf } from "../policies/plannedStacks";

type Variables = Readonly<Record<string, Value>>;
interface Variable {
  readonly contentSchema?: object;
}
interface Schema {
  readonly $defs?: object;
  readonly properties: Readonly<Record<string, Variable>>;
  readonly required: readonly string[];
}

/** A process as a stack starts it; null stands for what another object holds, or only `up` knows. */
interface Process {
  readonly owner: string;
  readonly role: string;
  readonly variables: Variables;
  /** Whether all names of variables are known: of a secret whole only `up` knows them. */
  readonly whole: boolean;
}

const ajv = new Ajv({ strict: false, validateFormats: false });
const schemaOf = (role: string): Schema =>
  JSON.parse(readFileSync(join(projectRoot, "python/schemas", `${role}.json`), "utf8"));

/** Which process a command starts, as `python/schemas` names it. */
const roles: readonly (readonly [RegExp, string])[] = [
  [/-m ecluse_identity\.roles$/, "database-admin"],
  [/-m ecluse_identity\.prepare$/, "prepare"],
  [/-m ecluse_identity\.serve$/, "tracking"],
  [/-m ecluse_serving$/, "serve"],
  [/-m ecluse_monitor check$/, "monitor"],
  [/-m ecluse_monitor compact$/, "compact"],
  [/-m ecluse_local\.scheduler$/, "scheduler"],
];
const roleOf = (command: Value | undefined) =>
  Array.isArray(command) ? roles.find(([words]) => words.test(command.join(" ")))?.[1] : undefined;

/** What MLflow's own code reads, and what says to readers of an object where it belongs. */
const others = /^MLFLOW_(GATEWAY|S3)_|^ECLUSE_ENVIRONMENT$/;

function variablesOf(value: Readonly<Record<string, Value>>): Variables {
  const [env, secret] = [value.env, value.secretEnv];
  if (Array.isArray(env))
    return Object.fromEntries(env.filter(isObject).map((one) => [String(one.name), one.value ?? null]));
  const both = Object.entries({ ...(isObject(env) && env), ...(isObject(secret) && secret) });
  return Object.fromEntries(both.map(([name, value]) => [name, value === UNKNOWN ? null : value]));
}

/** The processes of a value, at any depth: those of the local scheduler's jobs stand in one of its variables. */
function processesOf(owner: string, value: Value | undefined): Process[] {
  if (Array.isArray(value)) return value.flatMap((item) => processesOf(owner, item));
  if (!isObject(value)) return [];
  const role = roleOf(value.command);
  const variables = variablesOf(value);
  const whole = value.env !== UNKNOWN && value.secretEnv !== UNKNOWN;
  const own = role ? [{ owner, role, variables, whole }] : [];
  const schedules = variables.ECLUSE_SCHEDULES;
  const jobs = typeof schedules === "string" ? processesOf(owner, JSON.parse(schedules)) : [];
  return [...own, ...jobs, ...Object.values(value).flatMap((item) => processesOf(owner, item))];
}

/** The variables of a runner's jobs: its config.toml has them in a patch of their pods. */
function jobVariables(owner: string, toml: string): Variables[] {
  const parse = "import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.stdin.read())))";
  const { runners } = JSON.parse(execFileSync(python, ["-c", parse], { input: toml, encoding: "utf8" }));
  const patches: { patch: string }[] = runners.kubernetes.pod_spec;
  const containers = patches.flatMap(({ patch }) => JSON.parse(patch).containers);
  expect(containers, owner).toHaveLength(1);
  return containers.map(variablesOf);
}

/** The jobs of a runner that release; their runner's configuration gives them what they go by. */
function releaseJobs(owner: string, inputs: Readonly<Record<string, Value>>): Process[] {
  const tail = isObject(inputs.data) ? inputs.data["tail.toml"] : undefined;
  if (typeof tail !== "string") return [];
  return jobVariables(owner, tail)
    .filter((variables) => "ECLUSE_RELEASES" in variables)
    .map((variables) => ({ owner, role: "release-job", variables, whole: true }));
}

/** What is wrong with one variable, by its schema, and with the document in it. */
function wrong(schema: Schema, name: string, value: Value): string[] {
  const { contentSchema, ...variable } = schema.properties[name] as Variable;
  const judged = [[variable, value] as const];
  if (contentSchema) judged.push([{ ...contentSchema, $defs: schema.$defs }, JSON.parse(String(value))]);
  return judged.flatMap(([by, what]) =>
    ajv.validate({ ...by, $defs: schema.$defs }, what) ? [] : [`${name}: ${ajv.errorsText()}`],
  );
}

const yamlOf = (file: string) =>
  parseYaml(readFileSync(join(projectRoot, file), "utf8").split(/^---$/m).at(-1) ?? "");

/** Names that the pipeline gives a release: the request's variables, and the tokens of the platform's job. */
const ofPipeline = () => {
  const [request] = Object.values<{ variables: object }>(yamlOf("templates/release.yml"));
  return Object.keys({ ...request?.variables, ...yamlOf(".gitlab-ci.yml")["release-dev"].id_tokens });
};

/** Names that `ecluse_release.job` takes from ECLUSE_RELEASES for the release itself. */
const ofJob = [
  ...["MLFLOW_WORKSPACE", "ECLUSE_PROJECT", "ECLUSE_GATES", "ECLUSE_CONTRACT"],
  ...["ECLUSE_DATA_URL", "ECLUSE_HOLDOUT_URL", "ECLUSE_SERVING_URL"],
];

/** What a release job's runner must give: all that the job and the release read, but for what comes by others. */
function releaseSchema(): Schema {
  const [job, release] = [schemaOf("release-job"), schemaOf("release")];
  const elsewhere = [...ofPipeline(), ...ofJob];
  // A release with a model server, as all of them are here, waits for so many replicas of it.
  const all = [...job.required, ...release.required, "ECLUSE_SERVING_REPLICAS"];
  const required = all.filter((name) => !elsewhere.includes(name));
  return { ...job, properties: { ...release.properties, ...job.properties }, required };
}

/** What a process's reader would say, or not know. */
function mistakes({ role, variables, whole }: Process): string[] {
  const schema = role === "release-job" ? releaseSchema() : schemaOf(role);
  const given = Object.entries(variables).filter(([name]) => /^(ECLUSE|MLFLOW)_/.test(name));
  return [
    ...schema.required.filter((name) => whole && !(name in variables)).map((name) => `${name}: is not given`),
    ...given
      .filter(([name]) => !(name in schema.properties) && !others.test(name))
      .map(([name]) => `${name}: is read by nobody`),
    ...given
      .filter(([name, value]) => name in schema.properties && value !== null)
      .flatMap(([name, value]) => wrong(schema, name, value)),
  ];
}

const expected: Record<string, readonly string[]> = {
  dev: ["compact", "database-admin", "monitor", "prepare", "release-job", "serve", "tracking"],
  prod: ["compact", "database-admin", "monitor", "prepare", "release-job", "serve", "tracking"],
  "onprem-dev": ["compact", "monitor", "prepare", "release-job", "serve", "tracking"],
  "onprem-prod": ["compact", "monitor", "prepare", "release-job", "serve", "tracking"],
  // Of the scheduler's jobs the monitor's is known when it runs.
  "local-dev": ["prepare", "scheduler", "serve", "tracking"],
  "local-prod": ["prepare", "scheduler", "serve", "tracking"],
};

describe.each(Object.entries(expected))("the processes of %s", (stack, all) => {
  it("are given what their code reads, no less and no more", async () => {
    const resources = await resourcesOf(stack);
    const found = resources.flatMap(({ urn, inputs }) => {
      const shown = reveal(inputs ?? {});
      return [...processesOf(urn, shown), ...(isObject(shown) ? releaseJobs(urn, shown) : [])];
    });
    expect([...new Set(found.map(({ role }) => role))].sort()).toEqual(all);
    for (const each of found) expect(mistakes(each), `${each.owner} ${each.role}`).toEqual([]);
  }, 240_000);
});
