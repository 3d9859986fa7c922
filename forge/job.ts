import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { collect, restore } from "./artifacts";
import { prepareFolders } from "./checkout";
import type { Job } from "./expand";
import { git } from "./git";
import { ciClaims } from "./issuer";
import { masker } from "./mask";
import type { PipelineOptions, Run } from "./pipeline";
import { repositoryOf } from "./projects";
import type { JobRecord } from "./records";
import { artifactSources, audienceRefusal, environmentOf, passes } from "./rules";
import { runJob } from "./runner";
import type { Variable } from "./variables";

const LONGEST_TOKEN_SECONDS = 3600;
const LARGEST_LOG_BYTES = 16 << 20;

/** Runs one job, sets its record's status, and keeps its masked log and its artifacts. */
export async function performJob(
  run: Run,
  job: Job,
  entry: JobRecord,
  variables: readonly Variable[],
  folder: string,
): Promise<void> {
  const started = Date.now();
  try {
    if (job.releases) await release(run, job, entry);
    else await script(run, job, entry, variables, folder);
    entry.status = "passed";
  } catch (error) {
    entry.status = "failed";
    entry.reason = (error as Error).message;
  }
  entry.seconds = (Date.now() - started) / 1000;
}

async function script(
  run: Run,
  job: Job,
  entry: JobRecord,
  variables: readonly Variable[],
  folder: string,
): Promise<void> {
  const { options, pipeline } = run;
  const environment = environmentOf(job, options.environments);
  const folders = prepareFolders(options.home, folder, options, options.forgeUrl);
  for (const source of sources(run, job)) restore(join(options.home, "forge", source), folders.checkout);
  const tokens = await mintTokens(run, job, entry);
  const secrets = [
    ...variables.filter((variable) => variable.masked).map(({ value }) => value),
    ...Object.values(tokens),
  ];
  const log = openLog(run, entry, secrets);
  const code = await runJob(
    {
      home: options.home,
      confinement: run.confinement,
      folders,
      image: run.image,
      ports: options.allowedPorts[environment?.name ?? ""] ?? [],
      variables: {
        ...Object.fromEntries(variables.map(({ key, value }) => [key, value])),
        ...tokens,
        ...ciVariables(options, run.record.id, entry),
        ECLUSE_PLATFORM: options.tools.root,
      },
      uid: 61_001 + options.environments.findIndex((other) => other.name === environment?.name),
      signal: options.signal,
    },
    pipeline,
    job,
    log,
  );
  keepArtifacts(run, job, entry, folders.checkout, code === 0);
  if (options.signal?.aborted) throw new Error("cancelled");
  if (code === -1)
    throw new Error(`it ran longer than its timeout of ${job.timeoutSeconds} s; raise timeout:`);
  if (code !== 0) throw new Error("its script failed; see its log");
}

async function release(run: Run, job: Job, entry: JobRecord): Promise<void> {
  const { options, record, issuer } = run;
  const environment = environmentOf(job, options.environments);
  const platform = options.platform;
  if (!environment || !platform) throw new Error("the caller gave no platform release to do");
  const earlier = earlierJobs(run, job);
  const unfinished = earlier.filter((other) => !["passed", "reused"].includes(other.status));
  if (environment.tier === "production" && (!run.refProtected || !earlier.length || unfinished.length))
    throw new Error(
      `a release to ${environment.name} follows jobs of ${environment.name} that all passed on ${options.project.defaultBranch}; not passed: ${unfinished.map((other) => other.name).join(", ") || "none ran"}`,
    );
  const { project } = platform;
  const claims = ciClaims({
    ...options,
    environment,
    project,
    ref: project.defaultBranch,
    refProtected: true,
    pipelineId: record.id,
    jobId: entry.id,
  });
  const token = await issuer.mint(claims, {
    audience: `ecluse-${environment.name}-tracking`,
    ttl: lifetime(job),
  });
  const log = openLog(run, entry, [token]);
  await platform.release({
    environment: environment.name,
    project: options.project,
    sha: record.sha,
    pipelineId: record.id,
    token,
    log,
  });
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

async function mintTokens(run: Run, job: Job, entry: JobRecord): Promise<Record<string, string>> {
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

function lifetime(job: Job): number {
  return Math.min(job.timeoutSeconds, LONGEST_TOKEN_SECONDS);
}

/** The artifact folders, relative to the forge's, that pass to this job. */
function sources(run: Run, job: Job): string[] {
  const names = artifactSources(job, run.pipeline)
    .filter((source) => passes(source, job))
    .map((source) => source.name);
  return run.record.jobs
    .filter((other) => names.includes(other.name))
    .flatMap((other) => other.artifacts ?? []);
}

function keepArtifacts(run: Run, job: Job, entry: JobRecord, checkout: string, passed: boolean): void {
  const wanted = job.artifacts;
  if (!wanted || (wanted.when === "on_success" && !passed) || (wanted.when === "on_failure" && passed))
    return;
  const folder = join("artifacts", entry.environment ?? "none", entry.id);
  const target = join(run.options.home, "forge", folder);
  rmSync(target, { recursive: true, force: true });
  if (collect(checkout, wanted.paths, wanted.exclude, target)) entry.artifacts = folder;
  // Reports are for people and tools; they do not pass to later jobs.
  collect(checkout, wanted.reports, [], join(run.options.home, "forge", "reports", entry.id));
}

/** Opens the job's log; each line is masked before it reaches the file or a listener. */
function openLog(run: Run, entry: JobRecord, secrets: readonly string[]): (line: string) => void {
  entry.log = join("logs", run.record.id, `${entry.id}.log`);
  const file = join(run.options.home, "forge", entry.log);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, "", { mode: 0o600 });
  const mask = masker(secrets);
  let left = LARGEST_LOG_BYTES;
  return (line) => {
    const masked = mask(line);
    left -= masked.length + 1;
    if (left < 0) return;
    appendFileSync(file, `${masked}\n`);
    run.options.onEvent?.({ type: "line", job: entry.name, line: masked });
  };
}

/** GitLab's predefined variables, for expanding (`entry` undefined) and for a job. */
export function ciVariables(
  options: PipelineOptions,
  pipelineId: string,
  entry?: JobRecord,
): Record<string, string> {
  const { project, sha, ref, home, forgeUrl, source, login } = options;
  const [title = "", timestamp = ""] = git(repositoryOf(home, project), [
    "log",
    "-1",
    "--format=%s%n%cI",
    sha,
  ]).split("\n");
  return {
    GITLAB_CI: "true",
    CI_SERVER_URL: forgeUrl,
    CI_API_V4_URL: `${forgeUrl}/api/v4`,
    CI_PROJECT_ID: project.id,
    CI_PROJECT_PATH: project.path,
    CI_PROJECT_NAME: basename(project.path),
    CI_PROJECT_NAMESPACE: dirname(project.path),
    CI_DEFAULT_BRANCH: project.defaultBranch,
    CI_COMMIT_SHA: sha,
    CI_COMMIT_SHORT_SHA: sha.slice(0, 8),
    CI_COMMIT_REF_NAME: ref,
    CI_COMMIT_BRANCH: ref,
    CI_COMMIT_REF_PROTECTED: String(ref === project.defaultBranch),
    CI_COMMIT_TITLE: title,
    CI_COMMIT_MESSAGE: title,
    CI_COMMIT_TIMESTAMP: timestamp,
    CI_PIPELINE_ID: pipelineId,
    CI_PIPELINE_IID: pipelineId,
    CI_PIPELINE_SOURCE: source,
    GITLAB_USER_LOGIN: login,
    ...(entry ? { CI_JOB_ID: entry.id } : {}),
  };
}
