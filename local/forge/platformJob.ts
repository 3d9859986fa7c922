import { thisProcess } from "../lock";
import { commitOf, git } from "./git";
import { openIssuer } from "./issuer";
import { openLog } from "./log";
import { type Project, repositoryOf } from "./projects";
import { type JobRecord, nextPipelineId, type PipelineRecord, savePipeline } from "./records";
import type { Environment } from "./rules";
import type { Release } from "./run";
import { mintReleaseToken } from "./tokens";

/** How long such a job, and so its tokens, may last. */
const tokenSeconds = 600;

/** A job of the platform's own project, which a person starts there, as by GitLab's "Run pipeline". */
export interface PlatformJob {
  readonly home: string;
  readonly forgeUrl: string;
  /** The platform's; the tokens of its protected branch alone change a champion. */
  readonly project: Project;
  readonly environment: Environment;
  readonly name: string;
  /** Who started it: the tokens say so. */
  readonly login: string;
  /** What it was started with, for the record. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What the work of such a job is given. */
export type PlatformWork = Pick<Release, "pipelineId" | "tokens" | "log">;

/**
 * Runs a job of the platform's own as a pipeline of its project, with a record, a log and tokens in the person's name.
 * Nothing but a person at this machine starts one: no file of a repository, and no request to the forge. Throws what
 * the work throws, once that is on record.
 */
export async function runPlatformJob<T>(
  asked: PlatformJob,
  work: (given: PlatformWork) => Promise<T>,
): Promise<T> {
  const record = startRecord(asked);
  const [entry] = record.jobs as [JobRecord];
  const begin = Date.now();
  savePipeline(asked.home, record);
  try {
    const tokens = await tokensOf(asked, record, entry);
    const log = openLog({ record, options: asked }, entry, Object.values(tokens));
    log(`started by ${asked.login}: ${JSON.stringify(asked.variables)}`);
    const done = await work({ pipelineId: record.id, tokens, log });
    record.status = entry.status = "passed";
    return done;
  } catch (error) {
    record.status = entry.status = "failed";
    entry.reason = (error as Error).message;
    record.reason = `${entry.name}: ${entry.reason}`;
    throw error;
  } finally {
    record.seconds = entry.seconds = (Date.now() - begin) / 1000;
    savePipeline(asked.home, record);
  }
}

function startRecord({ home, project, environment, name, variables }: PlatformJob): PipelineRecord {
  const repository = repositoryOf(home, project);
  const sha = commitOf(repository, `refs/heads/${project.defaultBranch}`);
  if (sha === undefined) throw new Error(`${project.path} has no ${project.defaultBranch}: run npm start`);
  const id = nextPipelineId(home);
  const startedAt = new Date().toISOString();
  const job = { id: `${id}001`, name, stage: "release", environment: environment.name, startedAt };
  return {
    ...{ id, name: `${name} by hand`, project: project.id, projectPath: project.path, sha, variables },
    ...{ tree: git(repository, ["rev-parse", `${sha}^{tree}`]), ref: project.defaultBranch, source: "web" },
    status: "running",
    confinement: "none: the platform's own code",
    approver: "none",
    createdAt: startedAt,
    runner: thisProcess(),
    jobs: [{ ...job, status: "running", allowFailure: false }],
  };
}

async function tokensOf(
  asked: PlatformJob,
  record: PipelineRecord,
  entry: JobRecord,
): Promise<Release["tokens"]> {
  const issuer = await openIssuer(asked.home, asked.forgeUrl);
  const { project, environment, login } = asked;
  const job = { sha: record.sha, source: record.source, login, pipelineId: record.id, jobId: entry.id };
  const mint = (server: "tracking" | "serving") =>
    mintReleaseToken(issuer, { project, environment, server, ttl: tokenSeconds, job });
  return { tracking: await mint("tracking"), serving: await mint("serving") };
}
