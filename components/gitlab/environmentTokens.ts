import * as gitlab from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import type { Pod } from "../kubernetes/foundation";
import { platformPathOf, projectPath } from "../naming";
import { rotation, runnerTags } from "./conventions";
import type { GitlabContext } from "./environmentContext";
import { hasProtection } from "./tiers";

/** A runner as GitLab knows it. */
export interface RegisteredRunner {
  readonly id: pulumi.Output<string>;
  /** By which it asks for jobs; secret. */
  readonly token: pulumi.Output<string>;
}

/** The longest that a job may take, in seconds; what takes longer is the training template's. */
const longestJob = 4 * 60 * 60;

/** Whose jobs a runner takes, and by which tag they ask for it. */
function scopeOf(context: GitlabContext, { role, useCase }: Pod) {
  const { settings, gitlab: forge, options } = context;
  const { environment } = settings;
  if (role === "build")
    return {
      runnerType: "group_type",
      groupId: gitlab.getGroupOutput({ fullPath: forge.group }, { provider: options.provider }).groupId,
      tagLists: [runnerTags.build],
    };
  const path = useCase ? projectPath(useCase, forge.group) : platformPathOf(forge.group);
  return {
    runnerType: "project_type",
    projectId: context.projectId(path).apply(Number),
    tagLists: [useCase ? runnerTags.jobs(environment) : runnerTags.release(environment)],
  };
}

/**
 * Registers the runner whose jobs run as `job`. It takes jobs that ask for it by tag, of one project or, where images are built, of the
 * group; where it could reach production, release or build, those of protected branches alone.
 */
export function registerRunner(context: GitlabContext, job: Pod): RegisteredRunner {
  const { settings, production, options } = context;
  const { id, token } = new gitlab.UserRunner(
    `${job.useCase ?? job.role}-runner`,
    {
      ...scopeOf(context, job),
      description: `${job.role} in ${settings.environment}, made by Pulumi`,
      untagged: false,
      locked: true,
      paused: false,
      accessLevel: production || job.role !== "train" ? "ref_protected" : "not_protected",
      maximumTimeout: longestJob,
    },
    options,
  );
  return { id, token };
}

/**
 * The token by which a use case's monitor writes issues in its project, and no more: GitLab has no narrower scope for issues than `api`,
 * so its level is the lowest that writes them. An `up` in the last third of its life renews it. Undefined where GitLab has none.
 */
export function issueToken(context: GitlabContext, useCase: string): pulumi.Output<string> | undefined {
  const { settings, gitlab: forge, options } = context;
  if (!hasProtection(forge, "projectTokens")) return undefined;
  return new gitlab.ProjectAccessToken(
    `${useCase}-monitor-token`,
    {
      project: projectPath(useCase, forge.group),
      name: `ecluse-monitor-${settings.environment}`,
      description: `Issues of the drift monitor of ${settings.environment}`,
      scopes: ["api"],
      accessLevel: "reporter",
      rotationConfiguration: rotation(forge.tokenDays),
    },
    options,
  ).token;
}
