import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { platformPath, projectPath } from "../components/naming";
import { ensureImage, type Image, type Tools } from "../local/forge/images";
import { merge, pushBranch } from "../local/forge/merge";
import { runPipeline } from "../local/forge/pipeline";
import { findProject } from "../local/forge/projects";
import type { PipelineRecord } from "../local/forge/records";
import type { PipelineOptions } from "../local/forge/run";
import { waitingPipelines } from "../local/forge/triggers";
import { homeFolder, projectRoot, uvBinary } from "../local/home";
import { python } from "../local/provider/supervisor";
import { demonstrate } from "./demonstration";
import { Journal } from "./journal";
import { land } from "./land";
import { environmentOutputs, forgeOutputs } from "./outputs";
import { progressReporter, refusalOf } from "./pipelineReport";
import type { PipelineRun } from "./pipelineRun";
import { releaseWith } from "./release";
import type { Session } from "./session";
import { UserError } from "./stacks";
import { requireStyle } from "./style";

/** What the environments of use cases are built with. */
export const tools: Tools = {
  python,
  uv: uvBinary,
  uvCache: process.env.UV_CACHE_DIR ?? join(homeFolder(), "uv-cache"),
  root: projectRoot,
};

const branch = "candidate";
const portOf = (url: string) => Number(new URL(url).port);

/** Runs the pipeline of a commit; throws a {@link UserError} where it did not pass. */
export async function pipeline(
  run: PipelineRun,
  ref: string,
  sha: string,
  asked: Partial<Pick<PipelineOptions, "waiting" | "variables" | "source" | "only">> = {},
): Promise<PipelineRecord> {
  const home = homeFolder();
  const { forgeUrl, environments, progress, signal } = run;
  const ports = environments.map(({ environment, tracking, blob }) => [
    environment,
    [portOf(tracking), portOf(blob)],
  ]);
  const record = await runPipeline({
    home,
    forgeUrl,
    project: findProject(home, projectPath(run.useCase)),
    sha,
    ref,
    source: "push",
    login: userInfo().username,
    environments: environments.map(({ environment, tier }) => ({ name: environment, tier })),
    allowedPorts: Object.fromEntries(ports),
    tools,
    platform: { project: findProject(home, platformPath), release: releaseWith(run) },
    onEvent: progressReporter(progress),
    signal,
    ...asked,
  });
  if (record.status !== "passed") throw new UserError(refusalOf(record));
  return record;
}

/** The locked environment that a use case's jobs run in; built when its lock is new. */
export function imageOf(useCase: string): Promise<Image> {
  return ensureImage(
    homeFolder(),
    readFileSync(join(projectRoot, "usecases", useCase, "requirements.lock"), "utf8"),
    tools,
  );
}

/** Opens the run of a use case: what is up, and the environment of its jobs. */
export async function openRun(useCase: string, { progress, signal }: Session): Promise<PipelineRun> {
  const image = await imageOf(useCase);
  const [forge, environments] = [await forgeOutputs(), await environmentOutputs()];
  return {
    useCase,
    folder: join(projectRoot, "usecases", useCase),
    image,
    forgeUrl: forge.url,
    environments,
    identity: createHash("sha256")
      .update(environments.map(({ signingKey }) => signingKey).join())
      .digest("hex")
      .slice(0, 16),
    journal: new Journal(useCase),
    progress,
    signal,
  };
}

/**
 * Takes a use case from a branch to production, and then through its first days there. Steps that were done are not
 * done again; gives how many were.
 */
export async function runUseCase(useCase: string, session: Session, fix = false): Promise<number> {
  const run = await openRun(useCase, session);
  await requireStyle(run, fix);
  await toProduction(run);
  await demonstrate(run);
  return run.journal.done;
}

/** Runs one job of the branch's pipeline, with what that needs; nothing is merged by it. */
export async function runJobOnly(
  useCase: string,
  only: string,
  session: Session,
  fix: boolean,
): Promise<void> {
  const run = await openRun(useCase, session);
  if (fix) await requireStyle(run, fix);
  const home = homeFolder();
  const project = findProject(home, projectPath(useCase));
  const { sha } = pushBranch({ home, project, folder: run.folder, branch, message: `Bring in ${useCase}` });
  await run.progress.step(`${useCase}: ${only} of commit ${sha.slice(0, 8)}`, () =>
    pipeline(run, branch, sha, { only }),
  );
}

/** Lands the use case's data in each environment, and takes it from a branch to production. */
export async function toProduction(run: PipelineRun): Promise<void> {
  const versions = await Promise.all(run.environments.map((environment) => land(run, environment)));
  await toMain(run, versions);
}

/** Runs the pipelines that the monitors have asked the forge for, as a runner would; gives how many. */
export async function runWaiting(useCase: string, session: Session): Promise<number> {
  const run = await openRun(useCase, session);
  const waiting = waitingPipelines(homeFolder(), findProject(homeFolder(), projectPath(useCase)).id);
  for (const record of waiting)
    await run.progress.step(`${useCase}: ${record.name ?? `pipeline ${record.id}`}`, async () => {
      const { ref, sha, source, variables = {} } = record;
      return (await pipeline(run, ref, sha, { waiting: record, source, variables })).id;
    });
  return waiting.length;
}

async function toMain(run: PipelineRun, versions: readonly string[]): Promise<void> {
  const { useCase, folder, identity, journal, progress } = run;
  const home = homeFolder();
  const project = findProject(home, projectPath(useCase));
  const { sha } = pushBranch({ home, project, folder, branch, message: `Bring in ${useCase}` });
  await journal.once("branch pipeline", [identity, sha, versions], () =>
    progress.step(
      `${useCase}: pipeline of the branch, commit ${sha.slice(0, 8)}`,
      async () => (await pipeline(run, branch, sha)).id,
    ),
  );
  await journal.once("production pipeline", [identity, sha, versions], () =>
    progress.step(`${useCase}: merge, pipeline of main`, async () => {
      merge({ home, project, branch, sha });
      return (await pipeline(run, project.defaultBranch, sha)).id;
    }),
  );
}
