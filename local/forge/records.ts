import { closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isRunning, type ProcessIdentity } from "../lock";
import { readJson, writeJson } from "./store";

/** What became of one job. `reused`: it had passed in pipeline `reusedFrom` and was not run again. */
export interface JobRecord {
  id: string;
  name: string;
  stage: string;
  environment?: string;
  status: "pending" | "running" | "passed" | "failed" | "skipped" | "reused";
  allowFailure: boolean;
  /** Of a manual job: who started it; nobody, on one machine. */
  approver?: "none";
  /** Why it failed or was skipped. */
  reason?: string;
  /** Of a failed script: the lines of its log that say why. */
  telling?: readonly string[];
  reusedFrom?: string;
  /** Same fingerprint: same definition and same values of variables. */
  fingerprint?: string;
  startedAt?: string;
  seconds?: number;
  /** Path of the log file, relative to the forge's folder. */
  log?: string;
  /** Folder of the artifacts, relative to the forge's folder. */
  artifacts?: string;
}

/** One pipeline of one commit, saved after every job. */
export interface PipelineRecord {
  id: string;
  /** What the pipeline file calls it. */
  name?: string;
  project: string;
  projectPath: string;
  sha: string;
  tree: string;
  ref: string;
  source: string;
  /** That it was asked for with. */
  variables?: Readonly<Record<string, string>>;
  /** `created`: it waits to be run. */
  status: "created" | "running" | "passed" | "failed";
  reason?: string;
  /** The one job that it was for, beside what that needs: no pipeline that a merge could go by. */
  only?: string;
  /** What kept the jobs apart. */
  confinement: string;
  /** Who approved manual jobs: nobody, on one machine. */
  approver: "none";
  createdAt: string;
  /** The process that runs it, or that took it in. */
  runner: ProcessIdentity;
  seconds?: number;
  jobs: JobRecord[];
}

/** Takes the next pipeline number; two runs never get the same. */
export function nextPipelineId(home: string): string {
  mkdirSync(folder(home), { recursive: true, mode: 0o700 });
  for (let id = Math.max(0, ...ids(home)) + 1; ; id++) {
    try {
      closeSync(openSync(join(folder(home), `${id}.json`), "wx", 0o600));
      return String(id);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Saves a pipeline's record. */
export function savePipeline(home: string, record: PipelineRecord): void {
  writeJson(join(folder(home), `${record.id}.json`), record);
}

/** A project's pipelines, latest first. */
export function listPipelines(home: string, project: string): PipelineRecord[] {
  return ids(home)
    .sort((a, b) => b - a)
    .flatMap((id) => readPipeline(home, id) ?? [])
    .filter((record) => record.project === project)
    .map((record) => (record.status === "running" && !isRunning(record.runner) ? brokenOff(record) : record));
}

/** A pipeline whose runner ended before it: killed, or its machine was switched off. */
function brokenOff(record: PipelineRecord): PipelineRecord {
  const reason = "it was broken off: its runner was ended; run it again";
  const jobs = record.jobs.map((job) =>
    job.status === "running" || job.status === "pending"
      ? { ...job, status: "failed" as const, reason }
      : job,
  );
  return { ...record, status: "failed", reason, jobs };
}

/**
 * The job that this one may stand on: it passed before on the same tree or, in an environment, the same commit, since
 * a training is of one.
 */
export function findReusable(
  home: string,
  record: PipelineRecord,
  wanted: JobRecord,
): { job: JobRecord; from: string } | undefined {
  for (const other of listPipelines(home, record.project)) {
    const isOther = wanted.environment ? other.sha !== record.sha : other.tree !== record.tree;
    if (other.id === record.id || isOther) continue;
    const job = other.jobs.find((candidate) => candidate.name === wanted.name);
    if (!job || !["passed", "reused"].includes(job.status)) continue;
    if (job.environment !== wanted.environment || job.fingerprint !== wanted.fingerprint) continue;
    if (job.artifacts && !existsSync(join(home, "forge", job.artifacts))) continue;
    return { job, from: job.reusedFrom ?? other.id };
  }
  return undefined;
}

/** Records as they were read: each is replaced whole, so that another one has another stamp. */
const known = new Map<string, { readonly stamp: string; readonly record: PipelineRecord }>();

/**
 * A pipeline's record; undefined where its number was taken, and the run ended before the first save. The server lists
 * all of them for each page of a console: a thousand are read once.
 */
function readPipeline(home: string, id: number): PipelineRecord | undefined {
  const file = join(folder(home), `${id}.json`);
  const { size, ino, mtimeMs } = statSync(file);
  if (size === 0) return undefined;
  const stamp = `${ino} ${size} ${mtimeMs}`;
  const before = known.get(file);
  if (before?.stamp === stamp) return before.record;
  const empty = { id: "", project: "", status: "", jobs: [] } as object;
  const record = readJson<Partial<PipelineRecord>>(file, empty) as PipelineRecord;
  known.set(file, { stamp, record });
  return record;
}

function ids(home: string): number[] {
  if (!existsSync(folder(home))) return [];
  return readdirSync(folder(home)).flatMap((name) =>
    /^\d+\.json$/.test(name) ? Number.parseInt(name, 10) : [],
  );
}

function folder(home: string): string {
  return join(home, "forge", "pipelines");
}
