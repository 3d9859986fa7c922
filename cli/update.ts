import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkName } from "../components/naming";
import { draftOf } from "../local/durable";
import { git } from "../local/forge/git";
import {
  copier,
  type Place,
  projectAnswers,
  publishTemplate,
  requireTemplate,
  templateName,
} from "./blueprint";
import { alone, checkoutAnswers } from "./new";
import { readStackFiles, useCasesOf } from "./stackFiles";
import { UserError } from "./stacks";

/** What `ecluse update` came to. */
export interface Updated {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Files that are other than before. */
  readonly changed: readonly string[];
  /** Those of them that have both sides in them, between markers. */
  readonly conflicts: readonly string[];
  /** Files that the template no longer has, and that stay because they were edited. */
  readonly kept: readonly string[];
}

const answersFile = ".copier-answers.yml";
const lines = (text: string) => text.split("\0").filter((line) => line !== "");

/** Copies a folder's code into a repository, which a merge needs. If that breaks off, the folder is as it was. */
function copyOf(root: string, folder: string, project: string): void {
  git("/", ["init", "--quiet", "--template=", project]);
  const env = { GIT_DIR: join(project, ".git"), GIT_WORK_TREE: folder };
  git(folder, ["-c", `core.excludesFile=${join(root, ".gitignore")}`, "add", "--all", "."], env);
  git(project, ["commit", "--quiet", "--allow-empty", "-m", "Before the update"]);
  git(project, ["reset", "--quiet", "--hard"]);
}

/** Refuses a folder in which a former update's conflicts are open: nobody could separate markers within markers. */
function requireSettled(name: string, project: string): void {
  const marker = /^(<<<<<<< before updating|>>>>>>> after updating)\r?$/m;
  const isOpen = (path: string) => lstatSync(path).isFile() && marker.test(readFileSync(path, "utf8"));
  const open = lines(git(project, ["ls-files", "-z"])).filter((file) => isOpen(join(project, file)));
  if (open.length > 0)
    throw new UserError(
      `usecases/${name} has conflicts of a former update in ${open.join(", ")}: ` +
        "choose in each, and remove the markers",
    );
}

/** The files that the update took away, of which those that the team edited stay. */
async function removals(place: Place, folder: string, gone: readonly string[], scratch: string) {
  if (gone.length === 0) return { remove: [], kept: [] };
  const { _commit: from, _src_path: _, ...answers } = projectAnswers(folder);
  const base = join(scratch, "base");
  await copier(place, ["copy", "--vcs-ref", from, templateName, base], answers);
  const isAsMade = (file: string) =>
    existsSync(join(base, file)) && readFileSync(join(base, file)).equals(readFileSync(join(folder, file)));
  return { remove: gone.filter(isAsMade), kept: gone.filter((file) => !isAsMade(file)) };
}

/** Writes what the merge changed into the use case. */
function apply(project: string, folder: string, written: readonly string[], remove: readonly string[]): void {
  // The answers come last: they say from which version the next update goes on.
  const inOrder = [...written].sort(
    (one, other) => Number(one === answersFile) - Number(other === answersFile),
  );
  for (const file of inOrder) {
    const target = join(folder, file);
    mkdirSync(dirname(target), { recursive: true });
    const draft = draftOf(target);
    copyFileSync(join(project, file), draft);
    renameSync(draft, target);
  }
  for (const file of remove) rmSync(join(folder, file));
}

/** Merges the template's current version and environments into a copy of the project; gives the changes by kind. */
async function merge(place: Place, name: string, project: string, to: string) {
  const files = readStackFiles(place.root).filter((file) => useCasesOf(file).includes(name));
  const answers = checkoutAnswers(place, files);
  await copier(place, ["update", "--conflict", "inline", "--vcs-ref", to, project], answers);
  const conflicts = lines(git(project, ["diff", "--name-only", "-z", "--diff-filter=U"]));
  git(project, ["add", "--all", "--force", "."]);
  const changed = (filter: string) =>
    lines(git(project, ["diff", "--cached", "--name-only", "--no-renames", "-z", `--diff-filter=${filter}`]));
  return { conflicts, added: changed("A"), written: changed("AMT"), gone: changed("D") };
}

async function updateIn(place: Place, name: string, scratch: string, signal?: AbortSignal): Promise<Updated> {
  const folder = join(place.root, "usecases", name);
  const { _commit: from } = projectAnswers(folder);
  const to = publishTemplate(place);
  requireTemplate(place, from);
  const project = join(scratch, name);
  copyOf(place.root, folder, project);
  requireSettled(name, project);
  const { conflicts, added, written, gone } = await merge(place, name, project, to);
  const { remove, kept } = await removals(place, folder, gone, scratch);
  const inTheWay = added.find((file) => existsSync(join(folder, file)));
  if (inTheWay)
    throw new UserError(`usecases/${name}/${inTheWay} is in the way of a file of the template: move it`);
  if (signal?.aborted) throw new UserError(`stopped: nothing was changed in usecases/${name}`);
  apply(project, folder, written, remove);
  return { name, from, to, changed: [...written, ...remove].sort(), conflicts, kept };
}

/**
 * Brings the template's current version, and the environments that have a stack file, into a use case by a three-way
 * merge. What the team edited stays; where both changed the same lines, both are in the file. Throws a
 * {@link UserError}, and then changes nothing.
 */
export async function updateUseCase(place: Place, name: string, signal?: AbortSignal): Promise<Updated> {
  if (checkName(name) || !existsSync(join(place.root, "usecases", name)))
    throw new UserError(`there is no usecases/${name}: npx ecluse new ${name} makes it`);
  return alone(place, async () => {
    const scratch = mkdtempSync(join(tmpdir(), "ecluse-update-"));
    return updateIn(place, name, scratch, signal).finally(() =>
      rmSync(scratch, { recursive: true, force: true }),
    );
  });
}
