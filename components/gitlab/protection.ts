import * as gitlab from "@pulumi/gitlab";
import { mainBranch } from "./conventions";
import type { ProjectPart } from "./forgeContext";
import { hasProtection } from "./tiers";

/** Tags of released versions, as `include: component` names them: `1.2.0`, `v1.2.0`. */
const releaseTags = "*.*.*";

/**
 * Nobody pushes to main; maintainers merge into it. GitLab protects the branch as it makes it, which this takes over. The two editions
 * of GitLab have different properties for the same levels, and the provider refuses the other's.
 */
export function protectMain({ context, name, project }: ProjectPart): gitlab.BranchProtection {
  const { gitlab: settings, options } = context;
  const levels =
    settings.edition === "community"
      ? { pushAccessLevel: "no one", mergeAccessLevel: "maintainer" }
      : {
          allowedToPushes: [{ accessLevel: "no one" }],
          allowedToMerges: [{ accessLevel: "maintainer" }],
        };
  return new gitlab.BranchProtection(
    `${name}-main`,
    {
      project,
      branch: mainBranch,
      allowForcePush: false,
      ...levels,
      ...(hasProtection(settings, "codeOwners") && { codeOwnerApprovalRequired: true }),
    },
    options,
  );
}

/** Maintainers alone make release tags. */
export function protectTags({ context, name, project }: ProjectPart): void {
  new gitlab.TagProtection(
    `${name}-release-tags`,
    { project, tag: releaseTags, createAccessLevel: "maintainer" },
    context.options,
  );
}

/** What may be pushed to any branch. */
export function pushRules({ context, name, project }: ProjectPart): void {
  if (!hasProtection(context.gitlab, "pushRules")) return;
  new gitlab.ProjectPushRules(
    `${name}-push-rules`,
    { project, preventSecrets: true, rejectUnsignedCommits: true, denyDeleteTag: true, memberCheck: true },
    context.options,
  );
}

/** Times in which `$CI_DEPLOY_FREEZE` is set, and jobs that deploy do not run. */
export function freezePeriods({ context, name, project }: ProjectPart): void {
  for (const period of context.gitlab.freezePeriods)
    new gitlab.ProjectFreezePeriod(
      `${name}-freeze-${period.name}`,
      { project, freezeStart: period.start, freezeEnd: period.end, cronTimezone: period.timezone },
      context.options,
    );
}
