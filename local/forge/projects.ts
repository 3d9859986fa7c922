import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fixedDate, git } from "./git";
import { readJson, updateJson } from "./store";

/** A repository of the forge and what it is for; `id` never changes and is never given twice. */
export interface Project {
  readonly id: string;
  readonly path: string;
  readonly useCase: string;
  readonly defaultBranch: string;
}

interface Registry {
  next: number;
  projects: Project[];
}

const EMPTY: Registry = { next: 1, projects: [] };
const PATH = /^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)+$/;

// Files of a working copy that are never code; they hold caches and, in .env, secrets.
const EXCLUDED = [
  ".env",
  ".venv/",
  ".ecluse/",
  "__pycache__/",
  "*.pyc",
  ".pytest_cache/",
  ".ruff_cache/",
  "mlruns/",
];

/** Every project of the forge. */
export function listProjects(home: string): readonly Project[] {
  return readJson(registryFile(home), EMPTY).projects;
}

/** The project with this id or path; throws with what there is. */
export function findProject(home: string, idOrPath: string): Project {
  const projects = listProjects(home);
  const found = projects.find((project) => project.id === idOrPath || project.path === idOrPath);
  if (found) return found;
  const known = projects.map((project) => project.path).join(", ") || "none";
  throw new Error(`the forge has no project ${idOrPath}; it has: ${known}`);
}

/** The folder of a project's bare repository. */
export function repositoryOf(home: string, project: Pick<Project, "path">): string {
  return join(home, "forge", "projects", `${project.path}.git`);
}

/** Makes a project with an empty first commit on its protected branch, or gives the one there is at that path. */
export function createProject(
  home: string,
  args: { path: string; useCase: string; defaultBranch?: string },
): Project {
  const { path, useCase, defaultBranch = "main" } = args;
  if (!PATH.test(path))
    throw new Error(`path must be like group/project in lower case, got ${path}; rename the project`);
  const project = updateJson(registryFile(home), EMPTY, (registry) => {
    const existing = registry.projects.find((candidate) => candidate.path === path);
    if (existing) return existing;
    const added: Project = { id: String(registry.next++), path, useCase, defaultBranch };
    registry.projects.push(added);
    return added;
  });
  if (project.useCase !== useCase || project.defaultBranch !== defaultBranch)
    throw new Error(
      `project ${path} exists for use case ${project.useCase} on ${project.defaultBranch}; delete it ` +
        `before it changes to ${useCase} on ${defaultBranch}`,
    );
  makeRepository(repositoryOf(home, project), project.defaultBranch);
  return project;
}

/** Removes a project and its repository; nothing to do when it is gone. */
export function deleteProject(home: string, idOrPath: string): void {
  const gone = updateJson(registryFile(home), EMPTY, (registry) => {
    const index = registry.projects.findIndex(
      (project) => project.id === idOrPath || project.path === idOrPath,
    );
    return index < 0 ? undefined : registry.projects.splice(index, 1)[0];
  });
  if (gone) rmSync(repositoryOf(home, gone), { recursive: true, force: true });
}

function makeRepository(folder: string, branch: string): void {
  if (existsSync(folder)) return;
  const draft = `${folder}.new`; // renamed when whole, so that a crash leaves no half repository
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  git("/", ["init", "--quiet", "--bare", `--initial-branch=${branch}`, "--template=", draft]);
  git(draft, ["config", "uploadpack.allowAnySHA1InWant", "true"]);
  mkdirSync(join(draft, "info"), { recursive: true });
  writeFileSync(join(draft, "info", "exclude"), `${EXCLUDED.join("\n")}\n`);
  mkdirSync(join(draft, "hooks"), { recursive: true });
  writeFileSync(join(draft, "hooks", "pre-receive"), protectHook(branch), { mode: 0o755 });
  const tree = git(draft, ["mktree", "--missing"]);
  const start = git(draft, ["commit-tree", tree, "-m", "Start"], fixedDate);
  git(draft, ["update-ref", `refs/heads/${branch}`, start]);
  renameSync(draft, folder);
}

function protectHook(branch: string): string {
  return `#!/bin/sh
# Written by the forge: ${branch} moves by a merge with a green pipeline only.
while read -r old new ref; do
  if [ "$ref" = "refs/heads/${branch}" ]; then
    echo "${branch} is protected: push a branch; the forge merges it when its pipeline is green" >&2
    exit 1
  fi
done
`;
}

function registryFile(home: string): string {
  return join(home, "forge", "projects.json");
}
