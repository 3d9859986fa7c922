import { audience } from "../../components/naming";
import type { Job } from "./expand";
import { type CiContext, ciClaims, type Issuer } from "./issuer";
import type { Project } from "./projects";
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

/** What a token of the platform project, which alone releases, is for. */
export interface ReleaseToken {
  readonly project: Project;
  readonly environment: CiContext["environment"] & object;
  readonly server: "tracking" | "serving";
  /** Lifetime in seconds. */
  readonly ttl: number;
  readonly job: Pick<CiContext, "sha" | "source" | "login" | "pipelineId" | "jobId">;
}

/** Mints a token of the platform project on its protected branch, for one server of an environment. */
export function mintReleaseToken(
  issuer: Issuer,
  { project, environment, server, ttl, job }: ReleaseToken,
): Promise<string> {
  const claims = ciClaims({ ...job, project, environment, ref: project.defaultBranch, refProtected: true });
  return issuer.mint(claims, { audience: audience(environment.name, server), ttl });
}

/** How long a job's tokens live, in seconds: no longer than the job may run. */
export function lifetime(job: Job): number {
  return Math.min(job.timeoutSeconds, LONGEST_TOKEN_SECONDS);
}
