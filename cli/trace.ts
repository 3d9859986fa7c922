import { createHash } from "node:crypto";
import { projectPath } from "../components/naming";
import { commitOf, git, readBlob } from "../local/forge/git";
import { findProject, repositoryOf } from "../local/forge/projects";
import { listPipelines, type PipelineRecord } from "../local/forge/records";
import { homeFolder } from "../local/home";
import type { Refusal, ReleasedVersion } from "./models";
import { type EnvironmentOutputs, environmentOutputs } from "./outputs";
import { releaseReport } from "./releaseReport";
import { UserError } from "./stacks";

/** A version and what it comes from (`ecluse_release.trace.Lineage`). */
export interface Lineage {
  readonly version: ReleasedVersion;
  readonly run: {
    readonly run_id: string;
    readonly user: string;
    readonly commit: string | null;
    readonly status: string;
    readonly data_version: string | null;
  } | null;
  /** The sha256 of each released file, by its path. */
  readonly files: Readonly<Record<string, string>>;
  /** What verifies; empty where the manifest does not. */
  readonly signature: string;
  readonly problems: readonly string[];
}

/** A logged prediction; `id` is the caller's. */
export interface Prediction {
  readonly prediction_id: string;
  readonly id: string | null;
  readonly version: string;
  readonly score: number | null;
  readonly time: string;
  readonly blob: string;
}

/** What one environment has of a prediction, a version or a commit (`python -m ecluse_release.trace`). */
export interface Traced {
  readonly environment: string;
  readonly use_case: string;
  readonly asked: string;
  readonly prediction: Prediction | null;
  readonly champion_then: string | null;
  readonly versions: readonly Lineage[];
  readonly refusals: readonly Refusal[];
  readonly problems: readonly string[];
}

/** What the forge has of a commit. */
export interface Code {
  readonly commit: string;
  readonly subject: string;
  readonly author: string;
  /** The sha256 of its requirements.lock, which is the image that its jobs run in; null where it has none. */
  readonly lock: string | null;
  readonly pipelines: readonly Pick<
    PipelineRecord,
    "id" | "ref" | "source" | "status" | "createdAt" | "approver" | "jobs"
  >[];
}

/** One environment's part of a trace, with what the forge has of its commits. */
export interface FullTrace extends Traced {
  readonly code: readonly Code[];
}

const largestLock = 8 << 20;

/** What to look for, and where; everywhere when not said. */
export interface Asked {
  readonly env?: string;
  readonly useCase?: string;
  readonly date?: string;
}

/** Follows a prediction, a version or a commit back, in each environment that has it; throws where none has. */
export async function traces(asked: string, where: Asked): Promise<FullTrace[]> {
  const places = await placesOf(where);
  const all = await Promise.all(places.map(([outputs, useCase]) => traceIn(outputs, useCase, asked, where)));
  const found = all.filter(
    ({ prediction, versions, refusals, code }) =>
      prediction !== null || versions.length + refusals.length + code.length > 0,
  );
  if (found.length > 0) return found;
  const names = places.map(([{ environment }, useCase]) => `${useCase} in ${environment}`).join(", ");
  throw new UserError(
    `${asked} is no prediction, version or commit of ${names}; a prediction is in the log some seconds ` +
      "after it was given",
  );
}

async function placesOf({ env, useCase }: Asked): Promise<(readonly [EnvironmentOutputs, string])[]> {
  const all = (await environmentOutputs()).flatMap((outputs) =>
    Object.keys(outputs.useCases).map((name) => [outputs, name] as const),
  );
  const found = all.filter(
    ([outputs, name]) => (env ?? outputs.environment) === outputs.environment && (useCase ?? name) === name,
  );
  if (found.length > 0) return found;
  const known = all.map(([{ environment }, name]) => `${name} in ${environment}`).join(", ") || "none";
  const wanted = [...(env ? [`--env ${env}`] : []), ...(useCase ? [`--use-case ${useCase}`] : [])];
  throw new UserError(`nothing that is up is ${wanted.join(" ") || "a use case"}; there is: ${known}`);
}

async function traceIn(
  outputs: EnvironmentOutputs,
  useCase: string,
  asked: string,
  { date }: Asked,
): Promise<FullTrace> {
  const log = outputs.useCases[useCase]?.monitor.env.ECLUSE_INFERENCE_URL ?? "";
  const traced = await releaseReport<Traced>(outputs, useCase, {
    module: "trace",
    words: [...(date ? [`--date=${date}`] : []), "--", asked],
    env: { ECLUSE_INFERENCE_URL: log },
  });
  const commits = [...traced.versions.map(({ version }) => version.commit), ...ofRefusals(traced)];
  const code = [...new Set(commits)].flatMap((commit) => (commit ? codeOf(useCase, commit) : []));
  return { ...traced, code, problems: [...traced.problems, ...unlike(traced, code)] };
}

const ofRefusals = ({ refusals }: Traced) => refusals.map(({ commit }) => commit);

/** What the forge has of a commit; nothing where it has no such one, which is said as a problem of the version. */
function codeOf(useCase: string, commit: string): Code[] {
  const project = findProject(homeFolder(), projectPath(useCase));
  const repository = repositoryOf(homeFolder(), project);
  // A tag that nobody signed may hold anything, an option of git's too.
  if (!/^[0-9a-f]{40}$/.test(commit) || commitOf(repository, commit) === undefined) return [];
  const [subject = "", author = ""] = git(repository, ["show", "-s", "--format=%s%n%an", commit]).split("\n");
  const pipelines = listPipelines(homeFolder(), project.id)
    .filter(({ sha }) => sha === commit)
    .map(({ id, ref, source, status, createdAt, approver, jobs }) => ({
      ...{ id, ref, source, status, createdAt, approver, jobs },
    }));
  return [{ commit, subject, author, lock: lockOf(repository, commit), pipelines }];
}

function lockOf(repository: string, commit: string): string | null {
  try {
    // git's output comes without the last line's end.
    const text = `${readBlob(repository, commit, "requirements.lock", largestLock)}\n`;
    return createHash("sha256").update(text).digest("hex");
  } catch {
    return null;
  }
}

/** What versions say otherwise than the forge does, or the forge has not. */
function unlike({ versions, environment }: Traced, code: readonly Code[]): string[] {
  return versions.flatMap(({ version: { version, commit, pipeline_id } }) => {
    const found = code.find((each) => each.commit === commit);
    if (!found) return [`commit ${commit} of version ${version} is missing: the forge has no such commit`];
    const pipeline = found.pipelines.find(({ id }) => id === pipeline_id);
    if (!pipeline)
      return [
        `pipeline ${pipeline_id} of version ${version} is missing: the forge has no such one of ${commit}`,
      ];
    const job = pipeline.jobs.find(({ name }) => name === `release-${environment}`);
    const released = job && job.status === "passed";
    const lock =
      found.lock === null ? [`commit ${commit} has no requirements.lock: its image is not known`] : [];
    return released
      ? lock
      : [
          `release-${environment} of pipeline ${pipeline_id} is ${job?.status ?? "missing"}, not passed`,
          ...lock,
        ];
  });
}

/** All that is missing or does not verify. */
export const problemsOf = ({ versions, problems }: FullTrace): readonly string[] => [
  ...versions.flatMap((lineage) => lineage.problems),
  ...problems,
];
