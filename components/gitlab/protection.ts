import * as gitlab from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import type { GitlabForgeSettings } from "../settings";
import { mainBranch } from "./conventions";
import { hasProtection } from "./tiers";

/** The settings of a forge that say how its projects are protected. */
export type ProjectRules = Pick<
  GitlabForgeSettings,
  "url" | "tier" | "edition" | "group" | "registryDatabase" | "approvals" | "freezePeriods"
>;

/** A project that is to be protected. */
export interface ProtectionArgs {
  /** Number of the project. */
  readonly project: pulumi.Output<string>;
  /** Full path of the project. */
  readonly path: string;
  readonly rules: ProjectRules;
}

/** Protects a project's branches, tags, merges and images, as far as its GitLab can. */
export function protectProject(name: string, args: ProtectionArgs, options: pulumi.ResourceOptions): void {
  protectMain(name, args, options);
  protectTags(name, args, options);
  limitPushes(name, args, options);
  askForApprovals(name, args, options);
  protectImages(name, args, options);
  protectImageTags(name, args, options);
  freeze(name, args, options);
}

/**
 * Nobody pushes to main; maintainers merge into it. GitLab protects the branch as it makes it, which this takes over.
 * The two editions of GitLab have different properties for the same levels, and the provider refuses the other's.
 */
function protectMain(name: string, { project, rules }: ProtectionArgs, options: pulumi.ResourceOptions) {
  const levels =
    rules.edition === "community"
      ? { pushAccessLevel: "no one", mergeAccessLevel: "maintainer" }
      : {
          allowedToPushes: [{ accessLevel: "no one" }],
          allowedToMerges: [{ accessLevel: "maintainer" }],
        };
  new gitlab.BranchProtection(
    `${name}-main`,
    {
      project,
      branch: mainBranch,
      allowForcePush: false,
      ...levels,
      ...(hasProtection(rules, "codeOwners") && { codeOwnerApprovalRequired: true }),
    },
    options,
  );
}

/** Tags of released versions, as `include: component` names them: `1.2.0`, `v1.2.0`. */
const releaseTags = "*.*.*";

/** Maintainers alone make release tags. */
function protectTags(name: string, { project }: ProtectionArgs, options: pulumi.ResourceOptions) {
  new gitlab.TagProtection(
    `${name}-release-tags`,
    { project, tag: releaseTags, createAccessLevel: "maintainer" },
    options,
  );
}

/** What may be pushed to any branch. */
function limitPushes(name: string, { project, rules }: ProtectionArgs, options: pulumi.ResourceOptions) {
  if (!hasProtection(rules, "pushRules")) return;
  new gitlab.ProjectPushRules(
    `${name}-push-rules`,
    { project, preventSecrets: true, rejectUnsignedCommits: true, denyDeleteTag: true, memberCheck: true },
    options,
  );
}

/** Whoever has written a change does not approve it, and an approval is of the very commits that are merged. */
function askForApprovals(name: string, { project, rules }: ProtectionArgs, options: pulumi.ResourceOptions) {
  if (!hasProtection(rules, "mergeApprovals")) return;
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
    { project, name: "All Members", ruleType: "any_approver", approvalsRequired: rules.approvals },
    options,
  );
}

/** Tags of images of releases. Those of commits are left to the clean-up, which never touches a protected one. */
const imageVersions = "v?[0-9]+\\.[0-9]+\\.[0-9]+";

/** Images of commits go after three months; those of releases, and the newest hundred of each, stay. */
export const cleanUp = {
  enabled: true,
  cadence: "7d",
  olderThan: "90d",
  keepN: 100,
  nameRegexDelete: ".*",
  nameRegexKeep: `main|${imageVersions}`,
};

/** Maintainers alone push images, as pipelines of main do. */
function protectImages(name: string, { project, path }: ProtectionArgs, options: pulumi.ResourceOptions) {
  new gitlab.ProjectContainerRepositoryProtection(
    `${name}-images`,
    {
      project,
      repositoryPathPattern: `${path}*`,
      minimumAccessLevelForPush: "maintainer",
      minimumAccessLevelForDelete: "owner",
    },
    options,
  );
}

/** What a released tag says stays, as far as the GitLab can. */
function protectImageTags(name: string, { project, rules }: ProtectionArgs, options: pulumi.ResourceOptions) {
  if (!hasProtection(rules, "protectedImages")) return;
  new gitlab.ProjectContainerTagProtection(
    `${name}-image-tags`,
    {
      project,
      tagNameRegex: `^${imageVersions}$`,
      ...(hasProtection(rules, "immutableImages")
        ? { immutable: true }
        : { minimumAccessLevelForPush: "MAINTAINER", minimumAccessLevelForDelete: "OWNER" }),
    },
    options,
  );
}

/** Times in which `$CI_DEPLOY_FREEZE` is set, and jobs that deploy do not run. */
function freeze(name: string, { project, rules }: ProtectionArgs, options: pulumi.ResourceOptions) {
  for (const period of rules.freezePeriods)
    new gitlab.ProjectFreezePeriod(
      `${name}-freeze-${period.name}`,
      { project, freezeStart: period.start, freezeEnd: period.end, cronTimezone: period.timezone },
      options,
    );
}
