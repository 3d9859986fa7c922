import { prepareFolders, requireBounded } from "./checkout";
import { layComponents, publishComponents, readIncludes } from "./components";
import type { Confinement } from "./confine";
import type { Expanded } from "./expand";
import { git, readBlob } from "./git";
import { ensureImage, type Image } from "./images";
import { predefinedVariables } from "./predefined";
import { repositoryOf } from "./projects";
import type { PipelineOptions } from "./run";
import { expandPipeline } from "./runner";

/** What the forge itself reads and parses of a commit. */
const LARGEST_SOURCE_BYTES = 1 << 20;

/** The image of a commit, from its `requirements.lock`; undefined when it has none. */
export async function imageOf(options: PipelineOptions): Promise<Image | undefined> {
  const repository = repositoryOf(options.home, options.project);
  if (!git(repository, ["ls-tree", options.sha, "requirements.lock"])) return undefined;
  const lock = `${readBlob(repository, options.sha, "requirements.lock", LARGEST_SOURCE_BYTES)}\n`;
  return ensureImage(options.home, lock, options.tools);
}

/** Expands the pipeline of a commit in a checkout of its own; throws when it is not supported. */
export async function expand(
  options: PipelineOptions,
  confinement: Confinement,
  image: Image | undefined,
  folder: string,
): Promise<Expanded> {
  const { home, project, sha } = options;
  const repository = repositoryOf(home, project);
  const names = git(repository, ["ls-tree", "--name-only", sha]).split("\n");
  const own = names.find((name) => name.startsWith(".gitlab-ci-local"));
  if (own)
    throw new Error(
      `${own} would change only the local run; remove it, the pipeline is .gitlab-ci.yml alone`,
    );
  if (!names.includes(".gitlab-ci.yml")) throw new Error(`commit ${sha} has no .gitlab-ci.yml; add one`);
  requireBounded(repository, sha);
  const components = readIncludes(readBlob(repository, sha, ".gitlab-ci.yml", LARGEST_SOURCE_BYTES));
  const folders = prepareFolders(home, folder, options, options.forgeUrl);
  if (components.length) {
    publishComponents(home, options.tools.root);
    layComponents(home, components, folders.state, new URL(options.forgeUrl).hostname);
  }
  const variables = predefinedVariables(options, "0");
  return expandPipeline({
    home,
    confinement,
    folders,
    image,
    ports: [],
    variables,
    uid: 61_000,
    signal: options.signal,
  });
}
