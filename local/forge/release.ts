import type { Job } from "./expand";
import { openLog } from "./log";
import type { Project } from "./projects";
import type { JobRecord } from "./records";
import { asksAgain, type Environment, environmentOf } from "./rules";
import type { Release, Run } from "./run";
import { lifetime, mintReleaseToken } from "./tokens";

/** Has the caller release the model under a token of the platform project; throws when it may not be, or fails. */
export async function releaseModel(run: Run, job: Job, entry: JobRecord): Promise<void> {
  const { options, record } = run;
  const environment = environmentOf(job, options.environments);
  const platform = options.platform;
  if (!environment || !platform) throw new Error("the caller gave no platform release to do");
  requireOrder(run, job, environment);
  const tokens = await platformTokens(run, job, entry, environment, platform.project);
  await platform.release({
    environment: environment.name,
    project: options.project,
    sha: record.sha,
    pipelineId: record.id,
    tokens,
    log: openLog(run, entry, Object.values(tokens)),
  });
}

/** Throws unless all that must come before a release to an environment has passed. */
function requireOrder(run: Run, job: Job, { name, tier }: Environment): void {
  const earlier = earlierJobs(run, job);
  const unfinished = earlier.filter((other) => !["passed", "reused"].includes(other.status));
  if (tier === "production" && (!run.refProtected || !earlier.length || unfinished.length))
    throw new Error(
      `a release to ${name} follows jobs of ${name} that all passed on ${run.options.project.defaultBranch}; ` +
        `not passed: ${unfinished.map((other) => other.name).join(", ") || "none ran"}`,
    );
  const skipped = skippedEnvironment(run, name);
  if (skipped)
    throw new Error(
      `a release to ${name} follows one to ${skipped} of the same commit, and this pipeline ` +
        `has none that passed; list release@ for ${skipped} before it`,
    );
}

/** Tokens of the platform project on its protected branch, for the servers of one environment. */
async function platformTokens(
  { options, record, issuer }: Run,
  job: Job,
  entry: JobRecord,
  environment: Environment,
  project: Project,
): Promise<Release["tokens"]> {
  const ids = { ...options, pipelineId: record.id, jobId: entry.id };
  const mint = (server: "tracking" | "serving") =>
    mintReleaseToken(issuer, { project, environment, server, ttl: lifetime(job), job: ids });
  return { tracking: await mint("tracking"), serving: await mint("serving") };
}

/**
 * The first environment on the way to this one that the pipeline released nothing to; what is asked for again went
 * that way.
 */
function skippedEnvironment({ options, pipeline, record }: Run, name: string): string | undefined {
  if (asksAgain(options)) return undefined;
  const way = options.environments.slice(
    0,
    options.environments.findIndex((each) => each.name === name),
  );
  const released = pipeline.jobs.flatMap(({ releases }, index) =>
    releases && ["passed", "reused"].includes(record.jobs[index]?.status ?? "") ? [releases] : [],
  );
  return way.find((each) => !released.includes(each.name))?.name;
}

/** The jobs of the released environment that come before the release, by stage or by need. */
function earlierJobs(run: Run, job: Job): JobRecord[] {
  const { pipeline, record, options } = run;
  const stage = (other: Job) => pipeline.stages.indexOf(other.stage);
  const needed = new Set(job.needs?.map((need) => need.job));
  return record.jobs.filter((_, index) => {
    const other = pipeline.jobs[index] as Job;
    if (other === job || environmentOf(other, options.environments)?.name !== job.releases) return false;
    return (
      needed.has(other.name) || stage(other) < stage(job) || (stage(other) === stage(job) && !other.releases)
    );
  });
}
