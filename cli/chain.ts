import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { platformPath, projectPath } from "../components/naming";
import { ensureImage, type Image, type Tools } from "../local/forge/images";
import { merge, pushBranch } from "../local/forge/merge";
import { type PipelineEvent, runPipeline } from "../local/forge/pipeline";
import { findProject } from "../local/forge/projects";
import type { PipelineRecord } from "../local/forge/records";
import { homeFolder, projectRoot, uvBinary } from "../local/home";
import { python } from "../local/provider/supervisor";
import { demonstrate } from "./demonstration";
import { Journal } from "./journal";
import { land } from "./land";
import { type EnvironmentOutputs, environmentOutputs, forgeOutputs } from "./outputs";
import type { Progress } from "./progress";
import { releaseWith } from "./release";
import type { Session } from "./session";
import { UserError } from "./stacks";

/** What the steps of one use case's way to production share. */
export interface Way {
  readonly useCase: string;
  /** The use case's folder in the checkout. */
  readonly folder: string;
  /** Python of the use case's locked environment, the same as its jobs have. */
  readonly python: string;
  readonly forgeUrl: string;
  readonly environments: readonly EnvironmentOutputs[];
  /** Changes when an environment was made anew: what was done in the former one is to be done again. */
  readonly identity: string;
  readonly journal: Journal;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const tools: Tools = {
  python,
  uv: uvBinary,
  uvCache: process.env.UV_CACHE_DIR ?? join(homeFolder(), "uv-cache"),
  root: projectRoot,
};

const branch = "candidate";
const portOf = (url: string) => Number(new URL(url).port);

/** Tells of a pipeline: each job when it starts and when it ends. */
function teller(progress: Progress): (event: PipelineEvent) => void {
  return (event) => {
    if (event.type === "pipeline" && event.record.status === "running")
      progress.say(`  jobs are confined by: ${event.record.confinement}`);
    if (event.type !== "job") return;
    const { name, status, seconds, reason, reusedFrom } = event.job;
    if (status === "running" || status === "pending") return progress.say(`  ${name} …`);
    const from = reusedFrom ? ` from pipeline ${reusedFrom}` : "";
    const took = seconds === undefined ? "" : ` in ${seconds.toFixed(1)} s`;
    progress.say(`  ${name}: ${status}${from}${took}${reason ? `: ${reason}` : ""}`);
  };
}

/** Runs the pipeline of a commit; throws a {@link UserError} that says which jobs did not pass, and why. */
export async function pipeline(way: Way, ref: string, sha: string): Promise<PipelineRecord> {
  const home = homeFolder();
  const { forgeUrl, environments, progress, signal } = way;
  const ports = environments.map(({ environment, tracking, blob }) => [
    environment,
    [portOf(tracking), portOf(blob)],
  ]);
  const record = await runPipeline({
    home,
    forgeUrl,
    project: findProject(home, projectPath(way.useCase)),
    sha,
    ref,
    source: "push",
    login: userInfo().username,
    environments: environments.map(({ environment, tier }) => ({ name: environment, tier })),
    allowedPorts: Object.fromEntries(ports),
    tools,
    platform: { project: findProject(home, platformPath), release: releaseWith(way) },
    onEvent: teller(progress),
    signal,
  });
  if (record.status !== "passed")
    throw new UserError(
      `pipeline ${record.id} on ${ref} did not pass: ${record.reason}; see npx ecluse logs pipeline/${record.id}`,
    );
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

/** Opens the way of a use case: what is up, and the environment of its jobs. */
export async function openWay(useCase: string, { progress, signal }: Session): Promise<Way> {
  const image = await imageOf(useCase);
  const [forge, environments] = [await forgeOutputs(), await environmentOutputs()];
  return {
    useCase,
    folder: join(projectRoot, "usecases", useCase),
    python: join(image.bin, "python"),
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
 * Takes a use case from a branch to production, and then through its first days there. Steps that were done are not done again; gives how
 * many were.
 */
export async function runUseCase(useCase: string, session: Session): Promise<number> {
  const way = await openWay(useCase, session);
  const versions = await Promise.all(way.environments.map((environment) => land(way, environment)));
  await toMain(way, versions);
  await demonstrate(way);
  return way.journal.done;
}

async function toMain(way: Way, versions: readonly string[]): Promise<void> {
  const { useCase, folder, identity, journal, progress } = way;
  const home = homeFolder();
  const project = findProject(home, projectPath(useCase));
  const { sha } = pushBranch({ home, project, folder, branch, message: `Bring in ${useCase}` });
  await journal.once("branch pipeline", [identity, sha, versions], () =>
    progress.step(
      `${useCase}: pipeline of the branch, commit ${sha.slice(0, 8)}`,
      async () => (await pipeline(way, branch, sha)).id,
    ),
  );
  await journal.once("production pipeline", [identity, sha, versions], () =>
    progress.step(`${useCase}: merge, pipeline of main`, async () => {
      merge({ home, project, branch, sha });
      return (await pipeline(way, project.defaultBranch, sha)).id;
    }),
  );
}
