import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { thisProcess } from "../lock";
import { removeFolder } from "./checkout";
import { type Confinement, openThrough, probeConfinement } from "./confine";
import type { Expanded, Job } from "./expand";
import { commitOf, git } from "./git";
import { openIssuer } from "./issuer";
import { performJob } from "./job";
import { expand, imageOf } from "./prepare";
import { repositoryOf } from "./projects";
import { type JobRecord, nextPipelineId, type PipelineRecord, savePipeline } from "./records";
import { refusals } from "./rules";
import type { PipelineOptions, Run } from "./run";
import { onlyJob, runInOrder } from "./schedule";

/** Runs the pipeline of a commit and gives its record; what stops it is in the record, not thrown. */
export async function runPipeline(options: PipelineOptions): Promise<PipelineRecord> {
  const confinement = options.confinement ?? probeConfinement(options.tools.python);
  const record = startRecord(options, confinement);
  const started = Date.now();
  const scratch = join(options.home, "forge", "builds", record.id);
  savePipeline(options.home, record);
  options.onEvent?.({ type: "pipeline", record });
  try {
    const image = options.execute ? undefined : await imageOf(options);
    mkdirSync(scratch, { recursive: true, mode: 0o711 });
    openThrough(confinement, [options.home, join(options.home, "forge")]);
    const whole = await expand(options, confinement, image, join(scratch, "expand"));
    const pipeline = options.only ? onlyJob(whole, options.only) : whole;
    record.jobs = pipeline.jobs.map((job, index) => pendingRecord(job, record.id, index));
    if (refuse(record, whole, options)) return record;
    const issuer = await openIssuer(options.home, options.forgeUrl);
    const refProtected = isProtected(options);
    if (options.only && refProtected)
      throw new Error(`one job alone is run of a branch, not of ${options.ref}`);
    await runJobs({ options, record, issuer, confinement, image, pipeline, refProtected }, scratch);
    const failed = record.jobs.filter((job) => job.status === "failed" && !job.allowFailure);
    record.status = failed.length || options.signal?.aborted ? "failed" : "passed";
    if (record.status === "failed")
      record.reason = failed.map((job) => `${job.name}: ${job.reason}`).join("; ") || "cancelled";
  } catch (error) {
    record.status = "failed";
    record.reason = (error as Error).message;
  } finally {
    removeFolder(scratch);
    record.seconds = (Date.now() - started) / 1000;
    savePipeline(options.home, record);
    options.onEvent?.({ type: "pipeline", record });
  }
  return record;
}

/** Whether the run is of the protected branch: it must be at that very commit, whatever the caller says. */
function isProtected({ home, project, ref, sha }: PipelineOptions): boolean {
  if (ref !== project.defaultBranch) return false;
  const tip = commitOf(repositoryOf(home, project), `refs/heads/${ref}`);
  if (tip === sha) return true;
  throw new Error(`${ref} is at ${tip?.slice(0, 8)}, not at ${sha.slice(0, 8)}; merge first`);
}

function startRecord(options: PipelineOptions, confinement: Confinement): PipelineRecord {
  const { home, project, sha, ref, source, waiting } = options;
  return {
    ...waiting,
    id: waiting?.id ?? nextPipelineId(home),
    project: project.id,
    projectPath: project.path,
    sha,
    tree: git(repositoryOf(home, project), ["rev-parse", `${sha}^{tree}`]),
    ref,
    source,
    ...(options.only && { only: options.only }),
    status: "running",
    confinement: confinement.note,
    approver: "none",
    createdAt: new Date().toISOString(),
    runner: thisProcess(),
    jobs: [],
  };
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
    ...(job.when === "manual" ? { approver: "none" } : {}),
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
  const perform = async (job: Job, entry: JobRecord) => {
    await performJob(run, job, entry, join(scratch, entry.id), () => changed(entry));
    changed(entry);
  };
  await runInOrder(run.pipeline, record.jobs, options.signal, perform, changed);
}
