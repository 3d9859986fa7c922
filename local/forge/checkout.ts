import { mkdirSync, rmSync } from "node:fs";
import { git } from "./git";
import { type Project, repositoryOf } from "./projects";

/** What a checkout is of. */
export interface Commit {
  readonly project: Project;
  readonly sha: string;
  readonly ref: string;
}

/** The folders of one job; each is given to it, their parent is not. */
export interface JobFolders {
  readonly checkout: string;
  readonly home: string;
  readonly temporary: string;
  /** Where `gitlab-ci-local` keeps its own files. */
  readonly state: string;
}

/** What the checkout of a commit may come to. */
const CHECKOUT = { bytes: 1 << 30, files: 50_000 };
const LARGEST_LIST_BYTES = 16 << 20;

/**
 * Throws where a commit's files are too much to lay out for each of its jobs: a few bytes of git can hold any number of
 * equal files, and a small blob any number of zeros.
 */
export function requireBounded(repository: string, sha: string, most = CHECKOUT): void {
  const files = git(repository, ["ls-tree", "-r", "-l", "-z", sha], {}, LARGEST_LIST_BYTES)
    .split("\0")
    .filter(Boolean);
  if (files.length > most.files)
    throw new Error(`commit ${sha} has ${files.length} files, at most ${most.files}; leave some out`);
  let bytes = 0;
  for (const file of files) {
    const size = Number(/ (\d+)\t/.exec(file)?.[1] ?? 0); // a submodule has none, and is not fetched
    bytes += size;
    if (bytes > most.bytes)
      throw new Error(
        `commit ${sha}: with ${file.split("\t")[1]} (${size} bytes) its files have more than ` +
          `${most.bytes} bytes; land data, and do not commit it`,
      );
  }
}

/** Makes a fresh checkout of a commit below `folder`, with the remote that `gitlab-ci-local` reads names from. */
export function prepareFolders(home: string, folder: string, commit: Commit, forgeUrl: string): JobFolders {
  const at = (name: string) => `${folder}/${name}`;
  const folders = { checkout: at("checkout"), home: at("home"), temporary: at("tmp"), state: at("state") };
  mkdirSync(folder, { recursive: true, mode: 0o711 }); // another user may have to pass through
  for (const path of Object.values(folders)) mkdirSync(path, { mode: 0o700 });
  const { checkout } = folders;
  git(checkout, ["init", "--quiet", "--template=", `--initial-branch=${commit.ref}`]);
  git(checkout, [
    "fetch",
    "--quiet",
    "--depth=20",
    "--no-tags",
    "--no-recurse-submodules",
    repositoryOf(home, commit.project),
    commit.sha,
  ]);
  git(checkout, ["reset", "--quiet", "--hard", commit.sha]);
  git(checkout, ["remote", "add", "origin", `${forgeUrl}/${commit.project.path}.git`]);
  git(checkout, ["update-ref", `refs/remotes/origin/${commit.project.defaultBranch}`, commit.sha]);
  git(checkout, [
    "symbolic-ref",
    "refs/remotes/origin/HEAD",
    `refs/remotes/origin/${commit.project.defaultBranch}`,
  ]);
  git(checkout, ["config", "user.name", "Écluse local"]);
  git(checkout, ["config", "user.email", "local@localhost"]);
  return folders;
}

/** Removes the folder of a job or a pipeline. What cannot be removed stays: how the job ended counts more. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {}
}
