import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentSettings, GitlabSettings } from "../settings";
import { gitlabProvider } from "./provider";

/** An environment as one GitLab sees it. */
export interface GitlabContext {
  readonly settings: EnvironmentSettings;
  readonly gitlab: GitlabSettings;
  readonly production: boolean;
  readonly options: { readonly provider: gitlab.Provider; readonly parent?: pulumi.Resource };
  /** The number of a project of the group, by its path. */
  projectId(path: string): pulumi.Output<string>;
}

/** Opens the GitLab that the settings name; undefined where they name none. Its token is the environment's `GITLAB_TOKEN`. */
export function gitlabContext(
  settings: EnvironmentSettings,
  parent?: pulumi.Resource,
): GitlabContext | undefined {
  const { forge } = settings;
  if (typeof forge !== "object") return undefined;
  const provider = gitlabProvider(forge.url, { parent });
  return {
    settings,
    gitlab: forge,
    production: settings.tier === "production",
    options: { provider, parent },
    projectId: (path) => projectId(forge, provider, path),
  };
}

/** A number in the settings is what was reviewed: a project that is made anew under an old path is not trusted by it. */
function projectId({ projectIds }: GitlabSettings, provider: gitlab.Provider, path: string) {
  const pinned = projectIds[path];
  if (pinned !== undefined) return pulumi.output(pinned);
  return gitlab.getProjectOutput({ pathWithNamespace: path }, { provider }).id;
}
