import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepareFolders } from "./checkout";
import { type Confinement, openThrough, probeConfinement } from "./confine";
import { checkIncludes, type Expanded, type Job } from "./expand";
import { git } from "./git";
import { ensureImage, type Image, type Tools } from "./images";
import { type Issuer, openIssuer } from "./issuer";
import { ciVariables, performJob } from "./job";
import { type Project, repositoryOf } from "./projects";
import { findReusable, type JobRecord, nextPipelineId, type PipelineRecord, savePipeline } from "./records";
import { type Environment, environmentOf, refusals } from "./rules";
import { expandPipeline } from "./runner";
import { runInOrder } from "./schedule";
import { digestOf, variablesFor } from "./variables";

/** A platform release that the caller is to do: no code of the use case runs in it. */
export interface Release {
  readonly environment: string;
  readonly project: Project;
  readonly sha: string;
  readonly pipelineId: string;
  /** A token of the platform project, on its protected branch, for that environment's tracking server. */
  readonly token: string;
  /** Takes a line of log; masked before it is kept. */
  readonly log: (line: string) => void;
}

/** What happened, for progress. */
export type PipelineEvent =
  | { readonly type: "pipeline"; readonly record: PipelineRecord }
  | { readonly type: "job"; readonly job: JobRecord }
  | { readonly type: "line"; readonly job: string; readonly line: string };

/** What a pipeline is run with. */
export interface PipelineOptions {
  readonly home: string;
  /** The issuer's URL: where `server.ts` listens. */
  readonly forgeUrl: string;
  readonly project: Project;
  readonly sha: string;
  readonly ref: string;
  readonly source: string;
  /** Who asked for it. */
  readonly login: string;
  readonly environments: readonly Environment[];
  /** TCP ports per environment that its jobs may connect to; a job of no environment gets none. */
  readonly allowedPorts: Readonly<Record<string, readonly number[]>>;
  readonly tools: Tools;
  readonly platform?: { readonly project: Project; readonly release: (release: Release) => Promise<void> };
  /** What {@link probeConfinement} found; probed anew when not given. */
  readonly confinement?: Confinement;
  readonly onEvent?: (event: PipelineEvent) => void;
  readonly signal?: AbortSignal;
}

/** A pipeline under way: what its jobs share. */
export interface Run {
  readonly options: PipelineOptions;
  readonly record: PipelineRecord;
  readonly issuer: Issuer;
  readonly confinement: Confinement;
  readonly image: Image | undefined;
  readonly pipeline: Expanded;
  readonly refProtected: boolean;
}

/** Runs the pipeline of a commit and gives its record; what stops it is in the record, not thrown. */
export async function runPipeline(options: PipelineOptions): Promise<PipelineRecord> {
  const confinement = options.confinement ?? probeConfinement(options.tools.python);
  const record = startRecord(options, confinement);
  const started = Date.now();
  const scratch = join(options.home, "forge", "builds", record.id);
  savePipeline(options.home, record);
  options.onEvent?.({ type: "pipeline", record });
  try {
    const image = await imageOf(options);
    mkdirSync(scratch, { recursive: true, mode: 0o711 });
    openThrough(confinement, [options.home, join(options.home, "forge")]);
    const pipeline = await expand(options, confinement, image, join(scratch, "expand"));
    record.jobs = pipeline.jobs.map((job, index) => pendingRecord(job, record.id, index));
    if (refuse(record, pipeline, options)) return record;
    const issuer = await openIssuer(options.home, options.forgeUrl);
    const refProtected = options.ref === options.project.defaultBranch;
    await runJobs({ options, record, issuer, confinement, image, pipeline, refProtected }, scratch);
    const failed = record.jobs.filter((job) => job.status === "failed" && !job.allowFailure);
    record.status = failed.length || options.signal?.aborted ? "failed" : "passed";
    if (record.status === "failed")
      record.reason = failed.map((job) => `${job.name}: ${job.reason}`).join("; ") || "cancelled";
  } catch (error) {
    record.status = "failed";
    record.reason = (error as Error).message;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    record.seconds = (Date.now() - started) / 1000;
    savePipeline(options.home, record);
    options.onEvent?.({ type: "pipeline", record });
  }
  return record;
}

function startRecord(options: PipelineOptions, confinement: Confinement): PipelineRecord {
  const { home, project, sha, ref, source } = options;
  return {
    id: nextPipelineId(home),
    project: project.id,
    projectPath: project.path,
    sha,
    tree: git(repositoryOf(home, project), ["rev-parse", `${sha}^{tree}`]),
    ref,
    source,
    status: "running",
    confinement: confinement.note,
    approver: "none",
    createdAt: new Date().toISOString(),
    jobs: [],
  };
}

async function imageOf(options: PipelineOptions): Promise<Image | undefined> {
  const repository = repositoryOf(options.home, options.project);
  if (!git(repository, ["ls-tree", options.sha, "requirements.lock"])) return undefined;
  const lock = `${git(repository, ["show", `${options.sha}:requirements.lock`])}\n`;
  return ensureImage(options.home, lock, options.tools);
}

async function expand(
  options: PipelineOptions,
  confinement: Confinement,
  image: Image | undefined,
  folder: string,
): Promise<Expanded> {
  const { home, project, sha } = options;
  const repository = repositoryOf(home, project);
  const names = git(repository, ["ls-tree", "--name-only", sha]).split("\n");
  const own = names.find((name) => name.startsWith(".gitlab-ci-local"));
  if (own)
    throw new Error(
      `${own} would change only the local run; remove it, the pipeline is .gitlab-ci.yml alone`,
    );
  if (!names.includes(".gitlab-ci.yml")) throw new Error(`commit ${sha} has no .gitlab-ci.yml; add one`);
  checkIncludes(git(repository, ["show", `${sha}:.gitlab-ci.yml`]));
  const folders = prepareFolders(home, folder, options, options.forgeUrl);
  const variables = ciVariables(options, "0");
  return expandPipeline({
    home,
    confinement,
    folders,
    image,
    ports: [],
    variables,
    uid: 61_000,
    signal: options.signal,
  });
}

function pendingRecord(job: Job, pipeline: string, index: number): JobRecord {
  const environment = job.releases ?? job.environment;
  return {
    id: `${pipeline}${String(index + 1).padStart(3, "0")}`,
    name: job.name,
    stage: job.stage,
    ...(environment === undefined ? {} : { environment }),
    status: "pending",
    allowFailure: job.allowFailure,
  };
}

/** Fails the whole pipeline before anything runs, when one of its jobs asks for what it may not have. */
function refuse(record: PipelineRecord, pipeline: Expanded, options: PipelineOptions): boolean {
  const context = {
    environments: options.environments,
    ref: options.ref,
    defaultBranch: options.project.defaultBranch,
  };
  const found = refusals(pipeline, context);
  if (!found.length) return false;
  for (const job of record.jobs) {
    const reasons = found.filter((refusal) => refusal.job === job.name).map((refusal) => refusal.reason);
    job.status = reasons.length ? "failed" : "skipped";
    job.reason = reasons.join("; ") || "the pipeline was refused";
  }
  record.status = "failed";
  record.reason = found.map(({ job, reason }) => `${job} refused: ${reason}`).join("; ");
  return true;
}

async function runJobs(run: Run, scratch: string): Promise<void> {
  const { options, record } = run;
  const changed = (job: JobRecord) => {
    savePipeline(options.home, record);
    options.onEvent?.({ type: "job", job });
  };
  await runInOrder(
    run.pipeline,
    record.jobs,
    options.signal,
    async (job, entry) => {
      const environment = environmentOf(job, options.environments);
      const scope = {
        project: record.project,
        environment: environment?.name,
        refProtected: run.refProtected,
      };
      const variables = variablesFor(options.home, scope);
      entry.fingerprint = digestOf(options.home, [
        ...variables,
        {
          ...scope,
          key: "",
          environmentScope: "",
          masked: false,
          protected: false,
          value: JSON.stringify([job, run.pipeline.variables]),
        },
      ]);
      if (!reuse(run, entry, environment?.tier === "production")) {
        entry.startedAt = new Date().toISOString();
        changed(entry);
        const folder = join(scratch, entry.id);
        mkdirSync(folder, { recursive: true, mode: 0o711 });
        await performJob(run, job, entry, variables, folder);
        rmSync(folder, { recursive: true, force: true });
      }
      changed(entry);
    },
    changed,
  );
}

function reuse(run: Run, entry: JobRecord, production: boolean): boolean {
  const found = findReusable(run.options.home, run.record, entry, production);
  if (!found) return false;
  entry.status = "reused";
  entry.reusedFrom = found.from;
  if (found.job.log) entry.log = found.job.log;
  if (found.job.artifacts) entry.artifacts = found.job.artifacts;
  return true;
}
