import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { commitOf, git } from "./git";
import { type Project, repositoryOf } from "./projects";
import { listPipelines } from "./records";

/** Of a longer log its end is given: what failed is there. */
const largestTrace = 1 << 20;

const states = {
  pending: "pending",
  running: "running",
  passed: "success",
  reused: "success",
  failed: "failed",
  skipped: "skipped",
};

/** The jobs of a pipeline, with GitLab's field names; `failure_reason` is in words. */
export function jobsOf(home: string, project: string, pipeline: string): unknown[] | undefined {
  const record = listPipelines(home, project).find(({ id }) => id === pipeline);
  return record?.jobs.map((job) => ({
    id: Number(job.id),
    name: job.name,
    stage: job.stage,
    status: states[job.status],
    allow_failure: job.allowFailure,
    started_at: job.startedAt ?? null,
    duration: job.seconds ?? null,
    failure_reason: job.reason ?? null,
    reused_from: job.reusedFrom ?? null,
    pipeline: { id: Number(record.id) },
  }));
}

/** The log of a job, or the end of a long one; its secrets were masked as it was written. */
export function traceOf(home: string, project: string, id: string): string | undefined {
  const job = listPipelines(home, project)
    .flatMap(({ jobs }) => jobs)
    .find((each) => each.id === id);
  return job && (job.log ? endOf(join(home, "forge", job.log)) : "");
}

function endOf(file: string): string {
  if (!existsSync(file)) return "";
  const handle = openSync(file, "r");
  try {
    const { size } = fstatSync(handle);
    const end = Buffer.alloc(Math.min(size, largestTrace));
    const count = readSync(handle, end, 0, end.length, size - end.length);
    return end.subarray(0, count).toString("utf8");
  } finally {
    closeSync(handle);
  }
}

/** A commit, with GitLab's field names; undefined where the project has none of that id. */
export function commitShown(home: string, project: Project, sha: string): unknown {
  const repository = repositoryOf(home, project);
  const id = /^[0-9a-f]{7,40}$/.test(sha) ? commitOf(repository, sha) : undefined;
  if (id === undefined) return undefined;
  const format = "--format=%an%x00%aI%x00%s";
  const [author_name, created_at, title] = git(repository, ["show", "-s", format, id]).split("\0");
  return { id, short_id: id.slice(0, 8), title, author_name, created_at };
}
