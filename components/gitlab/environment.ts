import * as pulumi from "@pulumi/pulumi";
import type { ClusterForge } from "../kubernetes/foundation";
import { platformPathOf, projectPath } from "../naming";
import type { EnvironmentSettings } from "../settings";
import { type GitlabContext, gitlabContext } from "./environmentContext";
import { platformSide, projectSide } from "./environmentProject";
import { issueToken, registerRunner } from "./environmentTokens";
import { warnOfLacks } from "./tiers";

/** The numbers of the platform's project and of each use case's, by path. */
function projectIdsOf({ settings, gitlab: { group }, projectId }: GitlabContext) {
  const paths = [platformPathOf(group), ...settings.useCases.map(({ name }) => projectPath(name, group))];
  return pulumi.all(Object.fromEntries(paths.map((path) => [path, projectId(path)])));
}

/** The GitLab of an environment on a cluster; undefined where its settings name none. */
export function gitlabForge(
  settings: EnvironmentSettings,
  parent?: pulumi.Resource,
): ClusterForge | undefined {
  const context = gitlabContext(settings, parent);
  if (!context) return undefined;
  const asked = context.production ? (["protectedEnvironments", "projectTokens"] as const) : [];
  warnOfLacks(context.gitlab, asked);
  platformSide(context);
  return {
    projectIds: projectIdsOf(context),
    runner: (job) => registerRunner(context, job),
    issueToken: (useCase) => issueToken(context, useCase),
    tell: (useCase, variables, url) => projectSide(context, { useCase, variables, url }),
  };
}
