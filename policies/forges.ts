import { projectPath } from "../components/naming";
import type { EnvironmentSettings, GitlabForgeSettings, GitlabSettings } from "../components/settings";
import { UNKNOWN, type Value } from "../protocol/properties";
import type { Context } from "./context";
import { gitlabType } from "./gitlab";
import { once } from "./lookup";
import type { Stacks } from "./notShared";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { read, text } from "./values";
import { fail, type Judged, open, pass, passOn } from "./verdict";

/** A stack that makes a group of GitLab, with its projects by full path. */
export interface Forge {
  readonly stack: Stack;
  readonly settings: GitlabForgeSettings;
  readonly projects: ReadonlyMap<string, Resource>;
}

/**
 * An environment that is registered at a GitLab; `forge` is undefined if none of the judged stacks makes that GitLab.
 */
export interface Client {
  readonly stack: Stack;
  readonly context: Context;
  readonly environment: EnvironmentSettings;
  readonly gitlab: GitlabSettings;
  readonly forge: Forge | undefined;
}

/** A client whose forge is judged, too. */
export type Served = Client & { readonly forge: Forge };

function forgeOf({ stack, context: { settings } }: Stacks[number]): Forge[] {
  if (settings?.kind !== "forge" || !settings.gitlab) return [];
  const { gitlab } = settings;
  const projects = stack
    .of(gitlabType("Project"))
    .map((each) => [projectPath(text(each.inputs, "path") ?? each.name, gitlab.group), each] as const);
  return [{ stack, settings: gitlab, projects: new Map(projects) }];
}

/** The stacks that make a group of GitLab. */
export const forgesOf = once((stacks: Stacks): readonly Forge[] => stacks.flatMap(forgeOf));

/** The environments that name a GitLab. */
export const clientsOf = once((stacks: Stacks): readonly Client[] =>
  stacks.flatMap(({ stack, context }) => {
    const { environment } = context;
    const gitlab = environment?.forge;
    if (!environment || typeof gitlab !== "object") return [];
    const forge = forgesOf(stacks).find(
      ({ settings: { url, group } }) => url === gitlab.url && group === gitlab.group,
    );
    return [{ stack, context, environment, gitlab, forge }];
  }),
);

/** Those whose forge is among the stacks. */
export const servedOf = once((stacks: Stacks): readonly Served[] =>
  clientsOf(stacks).filter((client): client is Served => client.forge !== undefined),
);

/** The use cases of an environment, with the full paths of their projects. */
export const useCaseProjects = ({ environment: { useCases }, gitlab: { group } }: Served) =>
  useCases.map(({ name }) => [name, projectPath(name, group)] as const);

/** The paths that projects' numbers stand for; the settings' pins win over what the forge has made. */
const pathsOf = once(({ gitlab, forge }: Served): ReadonlyMap<string, string> => {
  const made = [...forge.projects].flatMap(([path, { id }]) => (id ? [[id, path] as const] : []));
  const pinned = Object.entries(gitlab.projectIds).map(([path, id]) => [id, path] as const);
  return new Map([...made, ...pinned.reverse()]);
});

/** The full path of the project that a path or a number names; undefined for one that nobody here knows. */
export function projectNamed(client: Served, value: Value | undefined): string | undefined {
  const written = String(value ?? "");
  return written.includes("/") ? written : pathsOf(client).get(written);
}

/** Whether the forge makes the project that a path or a number names. */
export function judgeProject(client: Served, value: Value | undefined): Judged {
  const { forge } = client;
  if (value === UNKNOWN) return open("which project it is in is not known yet");
  const path = projectNamed(client, value);
  return path !== undefined && forge.projects.has(path)
    ? passOn(() => `${path} is a project of ${forge.stack.name}`)
    : fail(`${path ?? String(value ?? "no project")} is no project of ${forge.stack.name}`);
}

/** Whether a path or a number names the project of this full path. */
export function isProject(client: Served, value: Value | undefined, path: string): Judged {
  if (value === UNKNOWN) return open("which project it is in is not known yet");
  const named = projectNamed(client, value);
  if (named === undefined && value !== undefined && ![...pathsOf(client).values()].includes(path))
    return open(`the number of ${path} is not known yet`);
  return named === path ? pass : fail("it is another's");
}

/**
 * The full path of the project whose jobs a credential trusts: UNKNOWN where its subject is, undefined where it
 * trusts others than jobs.
 */
export function trustedProject({ inputs }: Resource): string | undefined {
  const subject = read(inputs, "subject");
  // Only credentials of GitLab's jobs have a subject of this form.
  return subject === UNKNOWN ? UNKNOWN : /^project_path:([^:]+):/.exec(String(subject))?.[1];
}
