import { allOf, anyOf, atLeast, every, is, isNot, set, unset } from "../../conditions";
import {
  coversName,
  gitlabType,
  maintainers,
  notApplicableWithout,
  ofProject,
  ofProjectFor,
} from "../../gitlab";
import { type Companion, eachHas, narrowed } from "../../relations";
import type { Condition, Rule } from "../../rule";
import { text } from "../../values";

const project = gitlabType("Project");
const branch = gitlabType("BranchProtection");
const where = "components/gitlab/protection.ts";

/** The list lets nobody in but by a level: what level a user or a group has, or whose a deploy key is, no plan says. */
const noneBelow = (list: string): Condition =>
  every(list, allOf(is("accessLevel", ...maintainers), ...["userId", "groupId", "deployKeyId"].map(unset)));

/**
 * The two editions of GitLab have different properties for the same levels; one must be there. The list is judged
 * beside a level, too: GitLab allows everybody that one of them allows.
 */
const maintainersAtMost = (list: string, level: string): Condition =>
  allOf(noneBelow(list), anyOf(is(level, ...maintainers), allOf(set(list), unset(level))));

/** It covers the branch that pipelines deploy from. */
const ofDefaultBranch = narrowed(ofProject, (_stack, from, to) =>
  coversName(from.inputs, "branch", text(to.inputs, "defaultBranch") ?? "main"),
);

const mainProtected: Companion = {
  type: branch,
  relation: ofDefaultBranch,
  check: allOf(
    is("allowForcePush", false),
    maintainersAtMost("allowedToPushes", "pushAccessLevel"),
    maintainersAtMost("allowedToMerges", "mergeAccessLevel"),
    // Who takes the protection away may then do all that it forbids; GitLab itself asks for a maintainer.
    noneBelow("allowedToUnprotects"),
  ),
  // Of several that cover a branch, the most permissive holds.
  sole: true,
  missing: "its default branch is not protected",
};

const mayNotApprove: Companion = {
  type: gitlabType("ProjectLevelMrApprovals"),
  relation: ofProject,
  check: allOf(
    is("mergeRequestsAuthorApproval", false),
    is("mergeRequestsDisableCommittersApproval", true),
    is("resetApprovalsOnPush", true),
    is("disableOverridingApproversPerMergeRequest", true),
  ),
  sole: true,
  missing: "nothing says who may not approve a merge request",
};

const twoApprove: Companion = {
  type: gitlabType("ProjectApprovalRule"),
  relation: ofProject,
  check: allOf(
    isNot("ruleType", "report_approver"),
    anyOf(unset("protectedBranchIds"), is("appliesToAllProtectedBranches", true)),
    atLeast("approvalsRequired", 2),
  ),
  missing: "no rule asks for approvals",
};

const pushRules: Companion = {
  type: gitlabType("ProjectPushRules"),
  relation: ofProject,
  check: allOf(
    ...["preventSecrets", "rejectUnsignedCommits", "denyDeleteTag", "memberCheck"].map((rule) =>
      is(rule, true),
    ),
  ),
  sole: true,
  missing: "it has no push rules",
};

/** Both forms of a version that components and images are named by. */
const releaseTags = ["1.2.3", "v1.2.3"].map(
  (tag): Companion => ({
    type: gitlabType("TagProtection"),
    relation: ofProjectFor("tag", tag),
    check: maintainersAtMost("allowedToCreates", "createAccessLevel"),
    sole: true,
    missing: `tags such as ${tag} are not protected`,
  }),
);

/** Rules on what comes into a project: by a merge, a push or a tag. */
export const gitlabProtectionRules: readonly Rule[] = [
  {
    id: "GL-04",
    name: "main-protected",
    scope: "stack",
    severity: "high",
    environments: "all",
    description:
      "Nobody below a maintainer pushes or merges into the default branch, or unprotects it, and nobody rewrites it.",
    remediation: `Let ${where} protect it.`,
    deviation:
      "Merging is for maintainers, too: who merges starts production's training, and not every tier asks " +
      "for approvals.",
    check: eachHas(project, mainProtected),
  },
  {
    id: "GL-05",
    name: "code-owners-approve",
    scope: "resource",
    types: [branch],
    severity: "medium",
    environments: "production",
    description: "The owners of changed files approve before they come into a protected branch.",
    remediation: `Set codeOwnerApprovalRequired to true in ${where}.`,
    notApplicableReason: notApplicableWithout("codeOwners"),
    check: is("codeOwnerApprovalRequired", true),
  },
  {
    id: "GL-06",
    name: "two-others-approve",
    scope: "stack",
    severity: "high",
    environments: "production",
    description:
      "Two people approve a merge request who have written none of it, and approve what is merged.",
    remediation: "Keep components/gitlab/protection.ts, and ecluse:gitlab.approvals at 2 or more.",
    deviation:
      "One rule asks for both: of two rules with one approval each, the same person could give both.",
    notApplicableReason: notApplicableWithout("mergeApprovals"),
    check: eachHas(project, mayNotApprove, twoApprove),
  },
  {
    id: "GL-17",
    name: "pushes-checked",
    scope: "stack",
    severity: "medium",
    environments: "all",
    description: "No push brings a secret, an unsigned commit or an unknown author, or takes a tag away.",
    remediation: `Keep the push rules of ${where}.`,
    notApplicableReason: notApplicableWithout("pushRules"),
    check: eachHas(project, pushRules),
  },
  {
    id: "GL-18",
    name: "release-tags-protected",
    scope: "stack",
    severity: "high",
    environments: "production",
    description: "Nobody below a maintainer makes the tag of a version.",
    remediation: `Protect the form of release tags in ${where}.`,
    check: eachHas(project, ...releaseTags),
  },
];
