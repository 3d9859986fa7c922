import type { Expanded, Job } from "./expand";
import type { JobRecord } from "./records";

const AT_ONCE = 2;

/**
 * A pipeline of one job and of what that needs: no job runs without those that it stands on. Throws where there is no
 * job of that name.
 */
export function onlyJob(pipeline: Expanded, name: string): Expanded {
  const wanted = new Set<string>();
  const add = (each: string) => {
    const job = pipeline.jobs.find((one) => one.name === each);
    if (!job) throw new Error(`there is no job ${each}: use one of ${names(pipeline.jobs)}`);
    if (wanted.has(each)) return;
    wanted.add(each);
    before(job, pipeline).forEach(add);
  };
  add(name);
  return { ...pipeline, jobs: pipeline.jobs.filter((job) => wanted.has(job.name)) };
}

/**
 * Starts each job when those before it are done, two at a time, and skips it when they say so. `perform` sets the
 * record's status; `skipped` hears of jobs that never start.
 */
export async function runInOrder(
  pipeline: Expanded,
  records: readonly JobRecord[],
  signal: AbortSignal | undefined,
  perform: (job: Job, record: JobRecord) => Promise<void>,
  skipped: (record: JobRecord) => void,
): Promise<void> {
  const jobs = pipeline.jobs.map((job, index) => ({
    job,
    record: records[index] as JobRecord,
    before: before(job, pipeline),
  }));
  const byName = new Map(jobs.map((entry) => [entry.job.name, entry.record]));
  const pending = () => jobs.filter(({ record }) => record.status === "pending");
  const running = new Set<Promise<void>>();
  for (;;) {
    for (const { job, record, before: names } of jobs) {
      if (record.status !== "pending" || running.size >= AT_ONCE) continue;
      const earlier = names.map((name) => byName.get(name) as JobRecord);
      if (earlier.some((other) => ["pending", "running"].includes(other.status))) continue;
      const reason = signal?.aborted ? "the pipeline was cancelled" : reasonToSkip(job, earlier);
      if (reason) {
        record.status = "skipped";
        record.reason = reason;
        skipped(record);
        continue;
      }
      record.status = "running";
      const work: Promise<void> = perform(job, record).finally(() => running.delete(work));
      running.add(work);
    }
    if (running.size) await Promise.race(running);
    else if (pending().length === 0) return;
    else if (!pending().some((entry) => ready(entry.before, byName)))
      throw new Error(`jobs need each other in a circle: ${names(pending().map(({ job }) => job))}`);
  }
}

function reasonToSkip(job: Job, earlier: readonly JobRecord[]): string | undefined {
  const bad = earlier.filter(
    (other) => other.status === "skipped" || (other.status === "failed" && !other.allowFailure),
  );
  const failed = bad.some((other) => other.status === "failed");
  if (job.when === "always") return undefined;
  if (job.when === "on_failure") return failed ? undefined : "nothing failed before it";
  return bad.length ? `${bad.map((other) => other.name).join(", ")} did not pass` : undefined;
}

function before(job: Job, pipeline: Expanded): string[] {
  if (!job.needs) {
    const stage = pipeline.stages.indexOf(job.stage);
    return pipeline.jobs
      .filter((other) => pipeline.stages.indexOf(other.stage) < stage)
      .map((other) => other.name);
  }
  return job.needs.flatMap((need) => {
    if (pipeline.jobs.some((other) => other.name === need.job)) return [need.job];
    if (need.optional) return [];
    throw new Error(
      `${job.name} needs ${need.job}, which is not in this pipeline; make the need optional or add a rule`,
    );
  });
}

function ready(names: readonly string[], byName: ReadonlyMap<string, JobRecord>): boolean {
  return !names.some((name) => ["pending", "running"].includes(byName.get(name)?.status ?? ""));
}

const names = (jobs: readonly Job[]): string => jobs.map(({ name }) => name).join(", ");
