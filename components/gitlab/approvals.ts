import * as gitlab from "@pulumi/gitlab";
import type { ProjectPart } from "./forgeContext";
import { hasProtection } from "./tiers";

/** Whoever has written a change does not approve it, and an approval is of the very commits that are merged. */
export function mergeApprovals({ context, name, project }: ProjectPart): void {
  const { gitlab: settings, options } = context;
  if (!hasProtection(settings, "mergeApprovals")) return;
  new gitlab.ProjectLevelMrApprovals(
    `${name}-approvals`,
    {
      project,
      mergeRequestsAuthorApproval: false,
      mergeRequestsDisableCommittersApproval: true,
      resetApprovalsOnPush: true,
      selectiveCodeOwnerRemovals: false,
      disableOverridingApproversPerMergeRequest: true,
    },
    options,
  );
  new gitlab.ProjectApprovalRule(
    `${name}-approval-rule`,
    // The one rule of this kind that each project has, under the name that GitLab gives it.
    { project, name: "All Members", ruleType: "any_approver", approvalsRequired: settings.approvals },
    options,
  );
}
