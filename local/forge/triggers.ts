import { thisProcess } from "../lock";
import { Refused } from "./access";
import { commitOf, git, readBlob } from "./git";
import { parseYaml } from "./keywords";
import { type Project, repositoryOf } from "./projects";
import { listPipelines, nextPipelineId, type PipelineRecord, savePipeline } from "./records";

/** What a pipeline may be asked for with: a schedule's variables, and those of a retraining. */
const allowed = ["ECLUSE_TASK", "ECLUSE_ENVIRONMENT", "ECLUSE_RETRAINING", "ECLUSE_APPROVAL"];
const longestValue = 255;
const largestFile = 1 << 20;

/** What asks for a pipeline, and the one environment that it may be for. */
export interface Asked {
  readonly environment: string | undefined;
  readonly ref: unknown;
  readonly variables: unknown;
}

/** Keeps a pipeline of the default branch that waits to be run; throws {@link Refused}. */
export function createPipeline(home: string, project: Project, asked: Asked): PipelineRecord {
  const { defaultBranch: ref } = project;
  if (asked.ref !== ref) throw new Refused(400, `400 ref must be ${ref}, got ${JSON.stringify(asked.ref)}`);
  const variables = variablesOf(asked);
  const repository = repositoryOf(home, project);
  const sha = commitOf(repository, `refs/heads/${ref}`);
  if (sha === undefined) throw new Refused(400, `400 ${ref} has no commit; merge one`);
  const name = nameOf(readBlob(repository, sha, ".gitlab-ci.yml", largestFile), variables);
  const record: PipelineRecord = {
    id: nextPipelineId(home),
    ...(name && { name }),
    project: project.id,
    projectPath: project.path,
    sha,
    tree: git(repository, ["rev-parse", `${sha}^{tree}`]),
    ref,
    source: "trigger",
    variables,
    status: "created",
    confinement: "",
    approver: "none",
    createdAt: new Date().toISOString(),
    runner: thisProcess(),
    jobs: [],
  };
  savePipeline(home, record);
  return record;
}

/** The pipelines of a project that wait to be run, in the order in which they were asked for. */
export const waitingPipelines = (home: string, project: string): PipelineRecord[] =>
  listPipelines(home, project)
    .filter(({ status }) => status === "created")
    .reverse();

function variablesOf({ environment, variables }: Asked): Readonly<Record<string, string>> {
  const given = Object.entries((variables ?? {}) as Record<string, unknown>);
  for (const [key, value] of given) {
    if (!allowed.includes(key))
      throw new Refused(400, `400 variables must be of ${allowed.join(", ")}, got ${key}`);
    if (typeof value !== "string" || value.length > longestValue)
      throw new Refused(400, `400 ${key} must be a text of at most ${longestValue} characters`);
  }
  const found = Object.fromEntries(given) as Record<string, string>;
  // A token of one environment starts nothing in another.
  if (found.ECLUSE_TASK !== "retrain" || found.ECLUSE_ENVIRONMENT !== environment)
    throw new Refused(
      403,
      `403 Forbidden: this token may ask for ECLUSE_TASK retrain of ${environment ?? "no environment"} alone`,
    );
  return found;
}

/** The name that the file gives its pipelines, with the variables in their places; undefined where it gives none. */
function nameOf(file: string, variables: Readonly<Record<string, string>>): string | undefined {
  const { name } = (parseYaml(file)?.workflow ?? {}) as { name?: unknown };
  const text = typeof name === "string" ? name : "";
  return text.replace(/\$\{?(\w+)\}?/g, (_, key: string) => variables[key] ?? "").trim() || undefined;
}
