import { rmSync } from "node:fs";
import { join } from "node:path";
import { collect } from "./artifacts";
import { type JobFolders, prepareFolders, removeFolder } from "./checkout";
import type { Job } from "./expand";
import { openLog, readLog } from "./log";
import { predefinedVariables } from "./predefined";
import { attest } from "./provenance";
import { findReusable, type JobRecord } from "./records";
import { releaseModel } from "./release";
import { artifactSources, asksAgain, environmentOf, passes } from "./rules";
import type { JobWork, Run } from "./run";
import { type Runner, runJob } from "./runner";
import { tellingLines } from "./telling";
import { mintTokens } from "./tokens";
import { copyInto } from "./untrusted";
import { digestOf, type Variable, variablesFor } from "./variables";

/**
 * Does one job: stands on an earlier run of the same, or runs it in `folder`, which is made for it and removed. Sets
 * the record's status, and never throws; `started` hears when it really runs.
 */
export async function performJob(
  run: Run,
  job: Job,
  entry: JobRecord,
  folder: string,
  started: () => void,
): Promise<void> {
  const begin = Date.now();
  try {
    const variables = variablesOf(run, job);
    entry.fingerprint = digestOf(
      run.options.home,
      variables,
      JSON.stringify([job, run.pipeline.variables, run.options.variables]),
    );
    if (reuse(run, job, entry)) return;
    entry.startedAt = new Date(begin).toISOString();
    started();
    if (job.releases) await releaseModel(run, job, entry);
    else await script(run, job, entry, variables, folder);
    entry.status = "passed";
  } catch (error) {
    entry.status = "failed";
    entry.reason = (error as Error).message;
  } finally {
    removeFolder(folder);
  }
  entry.seconds = (Date.now() - begin) / 1000;
}

function variablesOf(run: Run, job: Job): readonly Variable[] {
  const environment = environmentOf(job, run.options.environments)?.name;
  return variablesFor(run.options.home, {
    project: run.record.project,
    environment,
    refProtected: run.refProtected,
  });
}

function reuse(run: Run, job: Job, entry: JobRecord): boolean {
  if (asksAgain(run.options)) return false;
  // Another branch's release, or a repair, may have moved the alias; where none has, the release says so at once.
  if (job.releases) return false;
  const found = findReusable(run.options.home, run.record, entry);
  if (!found) return false;
  entry.status = "reused";
  entry.reusedFrom = found.from;
  if (found.job.log) entry.log = found.job.log;
  if (found.job.artifacts) entry.artifacts = found.job.artifacts;
  return true;
}

async function script(
  run: Run,
  job: Job,
  entry: JobRecord,
  variables: readonly Variable[],
  folder: string,
): Promise<void> {
  const { options, pipeline } = run;
  const folders = prepareFolders(options.home, folder, options, options.forgeUrl);
  for (const source of sources(run, job)) copyInto(join(options.home, "forge", source), folders.checkout);
  const tokens = await mintTokens(run, job, entry);
  const masked = variables.filter((variable) => variable.masked).map(({ value }) => value);
  const log = openLog(run, entry, [...masked, ...Object.values(tokens)]);
  if (entry.approver) log(`a manual job: this forge has nobody to start it; approver: ${entry.approver}`);
  const given = {
    ...Object.fromEntries(variables.map(({ key, value }) => [key, value])),
    ...tokens,
    ...predefinedVariables(options, run.record.id, entry),
  };
  const work = { id: entry.id, pipeline, job, checkout: folders.checkout, variables: given, log };
  const { signal, execute = (own: JobWork) => runHere(run, own, folders) } = options;
  const code = await execute({ ...work, signal });
  await keepArtifacts(run, job, entry, folders.checkout, code === 0);
  if (options.signal?.aborted) throw new Error("cancelled");
  if (code === -1)
    throw new Error(`it ran longer than its timeout of ${job.timeoutSeconds} s; raise timeout:`);
  if (code !== 0) {
    entry.telling = tellingLines(readLog(options.home, entry));
    throw new Error("its script failed; see its log");
  }
}

/** Runs a job on this machine, where the platform's own packages are in its checkout. */
function runHere(run: Run, { pipeline, job, variables, log }: JobWork, folders: JobFolders): Promise<number> {
  const given = { ...variables, ECLUSE_PLATFORM: run.options.tools.root };
  return runJob(runnerOf(run, job, folders, given), pipeline, job, log);
}

/** What confines the job: the ports of its environment, or of none, and a user of that environment. */
function runnerOf(run: Run, job: Job, folders: JobFolders, variables: Runner["variables"]): Runner {
  const { options, confinement, image } = run;
  const { environments, allowedPorts, home, signal } = options;
  const environment = environmentOf(job, environments);
  return {
    ...{ home, confinement, folders, image, variables, signal },
    ports: allowedPorts[environment?.name ?? ""] ?? [],
    uid: 61_001 + environments.findIndex((other) => other.name === environment?.name),
  };
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

async function keepArtifacts(
  run: Run,
  job: Job,
  entry: JobRecord,
  checkout: string,
  passed: boolean,
): Promise<void> {
  const wanted = job.artifacts;
  if (!wanted || (wanted.when === "on_success" && !passed) || (wanted.when === "on_failure" && passed))
    return;
  const folder = join("artifacts", entry.environment ?? "none", entry.id);
  const target = join(run.options.home, "forge", folder);
  rmSync(target, { recursive: true, force: true });
  if (collect(checkout, wanted.paths, wanted.exclude, target)) {
    await attest(run, job, entry, target);
    entry.artifacts = folder;
  }
  // Reports are for people and tools; they do not pass to later jobs.
  collect(checkout, wanted.reports, [], join(run.options.home, "forge", "reports", entry.id));
}
