import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { commitOf, fixedDate, git } from "../local/forge/git";
import { treeOf } from "../local/forge/merge";
import { python } from "../local/provider/supervisor";
import { callPython } from "./python";
import { UserError } from "./stacks";

/** Where use cases are made: the checkout, and the home that keeps the template's versions. */
export interface Place {
  readonly root: string;
  readonly home: string;
}

/**
 * The template's versions: a git repository in the home, with a tag for each. The use cases' answers name it by this
 * name, which is no path of any machine.
 */
export const templateName = "blueprint.git";

const storeOf = ({ home }: Place) => join(home, templateName);

function openStore(place: Place): string {
  const store = storeOf(place);
  mkdirSync(store, { recursive: true, mode: 0o700 });
  git(store, ["init", "--quiet", "--bare", "--template="]);
  return store;
}

function tag(store: string, version: string, tree: string): void {
  const commit = git(store, ["commit-tree", tree, "-m", version], fixedDate);
  git(store, ["update-ref", `refs/tags/${version}`, commit, "0".repeat(40)]);
}

/** Brings in a released version from the checkout's tag, where it has one. */
function importRelease(place: Place, store: string, version: string): boolean {
  const release = ["fetch", "--quiet", "--depth=1", pathToFileURL(place.root).href, `refs/tags/${version}`];
  try {
    git(store, release);
    tag(store, version, git(store, ["rev-parse", "--verify", "FETCH_HEAD^{commit}:blueprint"]));
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes the checkout's template a version of the store, and gives its tag: the platform's version. Where that has other
 * contents, such as while the template is worked on, it is the next of `<version>.post1`, `<version>.post2`, ….
 */
export function publishTemplate(place: Place): string {
  const { version } = JSON.parse(readFileSync(join(place.root, "package.json"), "utf8")) as {
    version: string;
  };
  const store = openStore(place);
  const { root } = place;
  // Less what the checkout's own `.gitignore` names.
  const tree = treeOf(store, join(root, "blueprint"), { excludes: join(root, ".gitignore") });
  if (!commitOf(store, `refs/tags/${version}`) && !importRelease(place, store, version))
    tag(store, version, tree);
  let latest = version;
  for (let post = 1; commitOf(store, `refs/tags/${version}.post${post}`); post++)
    latest = `${version}.post${post}`;
  if (git(store, ["rev-parse", `refs/tags/${latest}^{tree}`]) === tree) return latest;
  const next = `${version}.post${Number(/\.post(\d+)$/.exec(latest)?.[1] ?? 0) + 1}`;
  tag(store, next, tree);
  return next;
}

/** Makes sure that the store has a former version; throws a {@link UserError} that says where it is to be had. */
export function requireTemplate(place: Place, version: string): void {
  const store = openStore(place);
  if (!/^\d[\w.]*$/.test(version))
    throw new UserError(
      `_commit of .copier-answers.yml is "${version}": set it to a version of the platform`,
    );
  if (commitOf(store, `refs/tags/${version}`) || importRelease(place, store, version)) return;
  throw new UserError(
    `the template of version ${version}, which the use case was made from, is not on this machine: ` +
      `bring in the platform's tag ${version} (git fetch --tags)`,
  );
}

/** The answers that a project was made with; throws a {@link UserError} where it was not made from the template. */
export function projectAnswers(
  folder: string,
): { readonly _commit: string } & Readonly<Record<string, unknown>> {
  const file = join(folder, ".copier-answers.yml");
  const answers = existsSync(file) ? (parse(readFileSync(file, "utf8")) as { _commit?: unknown }) : undefined;
  if (typeof answers?._commit === "string") return { ...answers, _commit: answers._commit };
  throw new UserError(
    `${file} names no version (_commit): restore it, or make the use case with npx ecluse new`,
  );
}

/** Runs Copier beside the template's versions, with the answers in a private file. Throws a {@link UserError}. */
export async function copier(place: Place, words: readonly string[], answers: object): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "ecluse-answers-"));
  const file = join(scratch, "answers.json");
  writeFileSync(file, JSON.stringify(answers), { mode: 0o600 });
  const [command = "", ...rest] = words;
  const lines: string[] = [];
  try {
    const { code } = await callPython({
      python,
      words: ["-m", "copier", command, "--defaults", "--quiet", "--data-file", file, ...rest],
      cwd: place.home,
      // The user's own git may sign commits or run hooks: none of that is for copies that nobody sees.
      env: { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", PATH: process.env.PATH ?? "/usr/bin" },
      onLine: (line) => lines.push(line),
    });
    if (code !== 0)
      throw new UserError(`copier ${command} ended with ${code}: ${lines.slice(-6).join("\n")}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
