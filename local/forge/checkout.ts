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
