import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { platformPath } from "../../components/naming";
import { version } from "../../package.json";
import { commitOf, fixedDate, git } from "./git";
import { parseYaml, unsupported, type Yaml } from "./keywords";
import { treeOf } from "./merge";
import { repositoryOf } from "./projects";

/** A component of the platform that a pipeline file includes, at a version. */
export interface Component {
  readonly name: string;
  readonly version: string;
}

/**
 * The components that `.gitlab-ci.yml`, whose text this is, includes. Beside them it may include files of the same
 * commit alone.
 */
export function readIncludes(text: string): Component[] {
  const include = parseYaml(text)?.include ?? [];
  return (Array.isArray(include) ? include : [include]).flatMap((entry: string | Yaml) => {
    if (typeof entry === "string" ? !/^https?:/.test(entry) : Object.keys(entry).join() === "local")
      return [];
    const found = typeof entry === "string" ? undefined : readComponent(entry);
    if (found) return [found];
    const fix = `${JSON.stringify(entry)}; include local files, or components of the platform as ${COMPONENT}`;
    throw unsupported("include", fix);
  });
}

const COMPONENT = "$CI_SERVER_FQDN/$CI_PROJECT_NAMESPACE/platform/<name>@<version>";

function readComponent({ component, inputs: _, ...more }: Yaml): Component | undefined {
  const parts = String(component).replace("$CI_PROJECT_NAMESPACE/platform", platformPath).split("/");
  const [, name, version] = /^([a-z][a-z-]*)@(\d+\.\d+\.\d+)$/.exec(parts.pop() ?? "") ?? [];
  const ours = parts.join("/") === `$CI_SERVER_FQDN/${platformPath}`;
  return ours && name && version && !Object.keys(more).length ? { name, version } : undefined;
}

/**
 * Publishes the checkout's components in the platform's repository, under a tag of the platform's version. The tag
 * follows the checkout while it is worked on; those of earlier versions stay.
 */
export function publishComponents(home: string, root: string): void {
  const repository = repositoryOf(home, { path: platformPath });
  const tree = treeOf(repository, root, { pattern: "templates/*.yml" });
  const commit = git(repository, ["commit-tree", tree, "-m", `CI components ${version}`], fixedDate);
  git(repository, ["update-ref", `refs/tags/${version}`, commit]);
}

/**
 * Lays components, and the files that they share, where `gitlab-ci-local` keeps those that it fetched before: it then
 * asks no network, and needs to read no repository. Throws with the versions or names there are.
 */
export function layComponents(
  home: string,
  components: readonly Component[],
  state: string,
  host: string,
): void {
  const repository = repositoryOf(home, { path: platformPath });
  for (const component of components) {
    const folder = join(state, "includes", host, platformPath, component.version);
    for (const file of filesOf(repository, component)) {
      const target = join(folder, file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, git(repository, ["show", `refs/tags/${component.version}:${file}`]));
    }
  }
}

/** The component's file, and those that components share: the files in folders of `templates/`. */
function filesOf(repository: string, { name, version }: Component): string[] {
  if (!commitOf(repository, `refs/tags/${version}`))
    throw new Error(
      `.gitlab-ci.yml: component ${name}@${version}: the platform has no version ${version}; ` +
        `it has: ${lines(repository, ["tag", "--list"]).join(", ")}`,
    );
  const files = lines(repository, ["ls-tree", "-r", "--name-only", `refs/tags/${version}`, "templates/"]);
  const names = files.flatMap((file) => /^templates\/([^/]+)\.yml$/.exec(file)?.[1] ?? []);
  if (names.includes(name))
    return files.filter((file) => file === `templates/${name}.yml` || file.split("/").length > 2);
  throw new Error(
    `.gitlab-ci.yml: the platform ${version} has no component ${name}; it has: ${names.join(", ")}`,
  );
}

function lines(repository: string, args: readonly string[]): string[] {
  return git(repository, args).split("\n");
}
