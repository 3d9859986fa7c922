import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { projectPath } from "../components/naming";
import { findProject } from "../local/forge/projects";
import { setVariable } from "../local/forge/variables";
import { homeFolder, projectRoot } from "../local/home";
import { askKit } from "./kit";
import type { EnvironmentOutputs } from "./outputs";
import type { PipelineRun } from "./pipelineRun";
import { isFetched, sourceEnvironment, sourcePath } from "./source";
import { UserError, useCaseSettings } from "./stacks";
import { inFolder, runOwnCode, runPlatformCode } from "./useCaseCode";

/** The SHA-256 of a file, or of the names and contents of a folder's files. */
function digestOf(path: string): string {
  const hash = createHash("sha256");
  if (statSync(path).isFile()) return hash.update(readFileSync(path)).digest("hex");
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const name of files.map((entry) => entry.name).sort())
    hash.update(`${name} ${digestOf(join(path, name))}\n`);
  return hash.digest("hex");
}

/** The file or folder of a source; what a query or a container has is brought into `folder` first. */
async function fileOf(source: string, what: string, folder: string): Promise<string> {
  const path = sourcePath(source, projectRoot);
  if (path !== source && !existsSync(path))
    throw new UserError(
      `source of ${what} is ${source}: there is no file or folder ${path}; correct the path`,
    );
  if (!isFetched(source)) return path;
  return (await askKit(["fetch", path, "--to", folder], sourceEnvironment())).trim();
}

/** What to land, as arguments of the use case's `land` and files that it reads, and its name among other landings. */
async function landing({ environment, tier }: EnvironmentOutputs, useCase: string, folder: string) {
  const { rows, source } = useCaseSettings(environment, useCase);
  if (!source)
    return { title: `${rows} rows`, words: ["--rows", String(rows)], files: [], identity: String(rows) };
  const file = await fileOf(source, `${useCase} in ${environment}`, folder);
  // Production has it all; the others a sample of as many rows as they would draw.
  const sample = tier === "production" ? [] : ["--sample", String(rows)];
  const words = ["--source", file, ...sample];
  return { title: source, words, files: [file], identity: [digestOf(file), ...sample].join(" ") };
}

/**
 * Lands the use case's data in one environment: its own draw of the synthetic population, or the user's file. The use
 * case's code makes the rows and has no credential; the platform lands them. Their data version becomes a CI variable,
 * so that jobs which passed on older data run again.
 */
export async function land(run: PipelineRun, outputs: EnvironmentOutputs): Promise<string> {
  const { environment } = outputs;
  return inFolder(async (folder) => {
    const { title, words, files, identity } = await landing(outputs, run.useCase, folder);
    return run.journal.once(`land in ${environment}`, [run.identity, identity], () =>
      run.progress.step(`${environment}: land ${title}`, () => landVersion(run, outputs, words, files)),
    );
  });
}

/** Replaces what has landed by the synthetic population under a scenario. */
export const landScenario = (
  run: PipelineRun,
  outputs: EnvironmentOutputs,
  scenario: string,
): Promise<string> => {
  const { rows } = useCaseSettings(outputs.environment, run.useCase);
  return landVersion(run, outputs, ["--rows", String(rows), "--scenario", scenario], []);
};

async function landVersion(
  run: PipelineRun,
  outputs: EnvironmentOutputs,
  words: readonly string[],
  files: readonly string[],
): Promise<string> {
  const version = await landRows(run, outputs, words, files);
  setVariable(homeFolder(), {
    project: findProject(homeFolder(), projectPath(run.useCase)).id,
    environmentScope: outputs.environment,
    masked: false,
    protected: outputs.tier === "production",
    key: "ECLUSE_DATA_VERSION",
    value: version,
  });
  return version;
}

/** Has the use case's code make the rows in a folder, and the platform land them from there; gives the data version. */
function landRows(
  run: PipelineRun,
  { environment, useCases }: EnvironmentOutputs,
  words: readonly string[],
  read: readonly string[],
): Promise<string> {
  const env = { ECLUSE_ENVIRONMENT: environment, ECLUSE_USE_CASE: run.useCase };
  return inFolder(async (folder) => {
    await runOwnCode(run, { what: "making the rows", words: ["land", ...words], env, folder, read });
    const { landUrl, landHoldoutUrl } = useCases[run.useCase] ?? {};
    const toLand = { ...env, ECLUSE_DATA_URL: landUrl ?? "", ECLUSE_HOLDOUT_URL: landHoldoutUrl ?? "" };
    const said = await runPlatformCode("landing the rows", ["ecluse_local.landing", "put", folder], toLand);
    return said.trim().split(" ").at(-1) ?? "";
  });
}
