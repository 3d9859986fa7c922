import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitOf, git } from "./git";
import { type Project, repositoryOf } from "./projects";
import { listPipelines, type PipelineRecord } from "./records";

/** What is pushed where. */
export interface Push {
  readonly home: string;
  readonly project: Project;
  /** The working folder whose files, less what its `.gitignore` names, become the commit's tree. */
  readonly folder: string;
  readonly branch: string;
  readonly message: string;
}

/** Commits a folder's tree to a branch, on top of the default branch; `changed` is false when the trees are equal. */
export function pushBranch(push: Push): { sha: string; changed: boolean } {
  const { project, branch } = push;
  const repository = repositoryOf(push.home, project);
  if (branch === project.defaultBranch)
    throw new Error(`${branch} is protected; push another branch and merge it`);
  git(repository, ["check-ref-format", "--branch", branch]);
  const base = mainOf(repository, project);
  const tree = treeOf(repository, push.folder);
  if (tree === git(repository, ["rev-parse", `${base}^{tree}`])) return { sha: base, changed: false };
  const tip = commitOf(repository, `refs/heads/${branch}`);
  // The same work pushed again keeps its commit, and with it the pipelines that ran for it.
  if (tip && git(repository, ["show", "-s", "--format=%T %P", tip]) === `${tree} ${base}`)
    return { sha: tip, changed: true };
  const sha = git(repository, ["commit-tree", tree, "-p", base, "-m", push.message]);
  git(repository, ["update-ref", `refs/heads/${branch}`, sha]);
  return { sha, changed: true };
}

/** Moves the default branch forward to a branch whose very commit has a green pipeline; gives the commit. */
export function merge(args: { home: string; project: Project; branch: string; sha: string }): string {
  const { home, project, branch, sha } = args;
  const repository = repositoryOf(home, project);
  const tip = commitOf(repository, `refs/heads/${branch}`);
  if (!tip) throw new Error(`branch ${branch} is not in ${project.path}; push it first`);
  const base = mainOf(repository, project);
  if (sha === base) return base;
  if (tip !== sha)
    throw new Error(`${branch} is at ${tip.slice(0, 8)} now, not at ${sha.slice(0, 8)}; push it again`);
  if (git(repository, ["merge-base", base, tip]) !== base)
    throw new Error(`${branch} is not on top of ${project.defaultBranch}; push it again`);
  requireGreen(
    listPipelines(home, project.id).find((record) => record.sha === tip && record.only === undefined),
    branch,
    tip,
  );
  git(repository, ["update-ref", `refs/heads/${project.defaultBranch}`, tip, base]);
  return tip;
}

function requireGreen(record: PipelineRecord | undefined, branch: string, sha: string): void {
  if (!record)
    throw new Error(`no pipeline ran for ${sha.slice(0, 8)} of ${branch}; run it before the merge`);
  if (record.status === "passed") return;
  const why = record.reason ?? `it is ${record.status}`;
  throw new Error(`pipeline ${record.id} of ${sha.slice(0, 8)} (${branch}) is not green: ${why}`);
}

function mainOf(repository: string, project: Project): string {
  const main = commitOf(repository, `refs/heads/${project.defaultBranch}`);
  if (!main)
    throw new Error(`${repository} has no ${project.defaultBranch}; delete the project and make it again`);
  return main;
}

/**
 * Writes the folder's files, or those of one pattern, less what `excludes` (a file as `.gitignore`) names, to the
 * repository through an index of its own, so that no working copy is touched.
 */
export function treeOf(
  repository: string,
  folder: string,
  { pattern = ".", excludes }: { readonly pattern?: string; readonly excludes?: string } = {},
): string {
  const scratch = mkdtempSync(join(tmpdir(), "ecluse-index-"));
  const env = { GIT_DIR: repository, GIT_WORK_TREE: folder, GIT_INDEX_FILE: join(scratch, "index") };
  try {
    const settings = ["-c", "core.bare=false", ...(excludes ? ["-c", `core.excludesFile=${excludes}`] : [])];
    git(folder, [...settings, "add", "--all", "--", pattern], env);
    return git(folder, ["write-tree"], env);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
