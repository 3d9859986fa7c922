import { deploymentTier } from "../../components/gitlab/conventions";
import type { Tier } from "../../components/settings";
import type { Expanded, Job } from "./expand";

/** An environment as the platform knows it; tier `production` is what the rules below protect. */
export interface Environment {
  readonly name: string;
  readonly tier: string;
}

/** What a pipeline runs for, as the forge knows it. */
export interface RefContext {
  readonly environments: readonly Environment[];
  readonly ref: string;
  readonly defaultBranch: string;
}

/** Why a job may not run. */
export interface Refusal {
  readonly job: string;
  readonly reason: string;
}

/** The environment that a job runs in or, for a platform release, is for; undefined when it has none. */
export function environmentOf(job: Job, environments: readonly Environment[]): Environment | undefined {
  const name = job.releases ?? job.environment;
  return environments.find((environment) => environment.name === name);
}

/** Every reason not to start this pipeline; none of its jobs may start when there is one. */
export function refusals(pipeline: Expanded, context: RefContext): Refusal[] {
  return pipeline.jobs.flatMap((job) =>
    [
      ...(job.startsChild ? ["it starts a child pipeline, which GitLab alone has; name its jobs here"] : []),
      ...environmentRefusals(job, context),
      ...audienceRefusals(job, context.environments),
      ...sourceRefusals(job, pipeline, context.environments),
      ...cacheRefusals(job, pipeline, context.environments),
    ].map((reason) => ({ job: job.name, reason })),
  );
}

/** Why this audience may not be in a token of this job, or undefined when it may. */
export function audienceRefusal(
  job: Job,
  audience: string,
  environments: readonly Environment[],
): string | undefined {
  if (!audience.startsWith("ecluse-")) return undefined;
  const own = environmentOf(job, environments);
  if (!own)
    return `audience ${audience} is an environment's, and the job has none; add environment: to the job`;
  const allowed = [`ecluse-${own.name}-tracking`, `ecluse-${own.name}-serving`];
  if (allowed.includes(audience)) return undefined;
  return `audience ${audience} is not of the job's environment ${own.name}; ask for ${allowed.join(" or ")}`;
}

/** The jobs that may hand their artifacts to this one: as it says or, by default, all of earlier stages. */
export function artifactSources(job: Job, pipeline: Expanded): Job[] {
  if (job.dependencies) return pipeline.jobs.filter((other) => job.dependencies?.includes(other.name));
  if (job.needs) {
    const wanted = job.needs.filter((need) => need.artifacts).map((need) => need.job);
    return pipeline.jobs.filter((other) => wanted.includes(other.name));
  }
  const stage = pipeline.stages.indexOf(job.stage);
  return pipeline.jobs.filter((other) => pipeline.stages.indexOf(other.stage) < stage);
}

/** Whether artifacts pass from one job to another: within an environment, or from code that ran in none. */
export function passes(from: Job, to: Job): boolean {
  return from.environment === undefined || from.environment === to.environment;
}

function environmentRefusals(job: Job, context: RefContext): string[] {
  const name = job.releases ?? job.environment;
  if (name === undefined) return [];
  const found = environmentOf(job, context.environments);
  const known = context.environments.map((environment) => environment.name).join(", ");
  if (!found) return [`environment ${name} is not one of: ${known}`];
  const reasons = [];
  if (job.releases && job.environment && job.environment !== job.releases)
    reasons.push(
      `it releases to ${job.releases} but names environment ${job.environment}; make them the same`,
    );
  const tier = deploymentTier(found.tier as Tier);
  if (job.tier && job.tier !== tier)
    reasons.push(`deployment_tier ${job.tier} is not that of ${name}, which is ${tier}`);
  if (found.tier === "production" && context.ref !== context.defaultBranch)
    reasons.push(
      `environment ${name} is for ${context.defaultBranch} only, this is ${context.ref}; add a rule for it`,
    );
  return reasons;
}

function audienceRefusals(job: Job, environments: readonly Environment[]): string[] {
  if (job.releases && Object.keys(job.idTokens).length)
    return ["a platform release takes no id_tokens; remove them"];
  return Object.values(job.idTokens).flatMap(
    (audience) => audienceRefusal(job, audience, environments) ?? [],
  );
}

/**
 * On GitLab, production would receive these artifacts: by name, or by default from all earlier stages. A job of no
 * environment may not take from one that has, or artifacts would pass through it.
 */
function sourceRefusals(job: Job, pipeline: Expanded, environments: readonly Environment[]): string[] {
  if (job.releases) return []; // a trigger runs nothing here, so it takes nothing
  const production = environmentOf(job, environments)?.tier === "production";
  const named = job.needs !== undefined || job.dependencies !== undefined;
  if (!production && !(named && job.environment === undefined)) return [];
  return artifactSources(job, pipeline)
    .filter((source) => source.artifacts?.paths.length && !passes(source, job))
    .map(
      (source) =>
        `it would take artifacts of ${source.name}, a job of environment ${source.environment}; only ` +
        "code passes between environments: set dependencies: [] or needs with artifacts: false",
    );
}

function cacheRefusals(job: Job, pipeline: Expanded, environments: readonly Environment[]): string[] {
  if (environmentOf(job, environments)?.tier !== "production") return [];
  return job.cacheKeys.flatMap((key) =>
    pipeline.jobs
      .filter((other) => other.environment !== job.environment && other.cacheKeys.includes(key))
      .map(
        (other) =>
          `it shares cache ${key} with ${other.name}, a job of ${other.environment ?? "no environment"}; ` +
          "give it a key of its own",
      ),
  );
}

/** Whether a pipeline asks for what was done before to be done again: by the clock, or because a monitor wants it. */
export const asksAgain = ({ source }: { readonly source: string }): boolean =>
  source === "schedule" || source === "trigger";
