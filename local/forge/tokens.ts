import type { Job } from "./expand";
import { ciClaims } from "./issuer";
import type { JobRecord } from "./records";
import { audienceRefusal, environmentOf } from "./rules";
import type { Run } from "./run";

const LONGEST_TOKEN_SECONDS = 3600;

/** Mints the tokens that a job asks for, by variable; refuses again what the pipeline's check should have refused. */
export async function mintTokens(run: Run, job: Job, entry: JobRecord): Promise<Record<string, string>> {
  const { options, record, issuer, refProtected } = run;
  const environment = environmentOf(job, options.environments);
  if (environment?.tier === "production" && !refProtected)
    throw new Error(`no token for ${environment.name} on ${options.ref}`);
  const claims = ciClaims({ ...options, environment, refProtected, pipelineId: record.id, jobId: entry.id });
  const minted = Object.entries(job.idTokens).map(async ([key, audience]) => {
    const reason = audienceRefusal(job, audience, options.environments);
    if (reason) throw new Error(`token ${key} refused: ${reason}`);
    return [key, await issuer.mint(claims, { audience, ttl: lifetime(job) })] as const;
  });
  return Object.fromEntries(await Promise.all(minted));
}

/** How long a job's tokens live, in seconds: no longer than the job may run. */
export function lifetime(job: Job): number {
  return Math.min(job.timeoutSeconds, LONGEST_TOKEN_SECONDS);
}
