import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { contextOfStack } from "../../context";
import { gitlabType } from "../../gitlab";

/** The shipped forge is judged as production, with what GitLab has in tier premium. */
const forge = contextOfStack("forge");
const environmentOf = (tier: string) =>
  contextOfStack("prod", {
    overrides: { "ecluse:forge": JSON.stringify({ url: "https://gitlab.example.com", tier }) },
  });

const of = (kind: string, inputs: Properties, more: Partial<Sketch> = {}): Sketch => ({
  type: gitlabType(kind),
  inputs,
  ...more,
});
const made = (more: Properties = {}) =>
  of("Project", { path: "a", defaultBranch: "main", ...more }, { id: "7" });
const part = (kind: string, inputs: Properties) => of(kind, { project: "7", ...inputs });
const plan = (kind: string, inputs: Properties) => of(kind, { project: UNKNOWN, ...inputs });

const main = { branch: "main", allowForcePush: false };
const levels = { pushAccessLevel: "no one", mergeAccessLevel: "maintainer" };
const lists = {
  allowedToPushes: [{ accessLevel: "no one" }],
  allowedToMerges: [{ accessLevel: "maintainer" }],
};
/** Who may not be let in beside a level. */
const outsiders: readonly Properties[] = [
  { userId: 42 },
  { groupId: 42 },
  { deployKeyId: 42 },
  { accessLevel: "developer" },
];
const main2 = part("BranchProtection", { ...main, ...lists });

const noAuthors = {
  mergeRequestsAuthorApproval: false,
  mergeRequestsDisableCommittersApproval: true,
  resetApprovalsOnPush: true,
  disableOverridingApproversPerMergeRequest: true,
};
const approvals = part("ProjectLevelMrApprovals", noAuthors);
const two = part("ProjectApprovalRule", { approvalsRequired: 2, ruleType: "any_approver" });
const rules = { preventSecrets: true, rejectUnsignedCommits: true, denyDeleteTag: true, memberCheck: true };

const deploys = {
  project: "ecluse/a",
  environment: "prod",
  deployAccessLevelsAttributes: [{ accessLevel: "maintainer" }],
  approvalRules: [{ accessLevel: "maintainer", requiredApprovals: 1 }],
};
const environment = of("ProjectEnvironment", { project: "ecluse/a", name: "prod", tier: "production" });
const guarded = (more: Properties = {}) => of("ProjectProtectedEnvironment", { ...deploys, ...more });

const repositories = { repositoryPathPattern: "ecluse/a*", minimumAccessLevelForPush: "maintainer" };
const images = (more: Properties = {}) =>
  part("ProjectContainerRepositoryProtection", { ...repositories, ...more });
const released = { tagNameRegex: "^v?[0-9]+\\.[0-9]+\\.[0-9]+$", minimumAccessLevelForPush: "MAINTAINER" };
const tags = (more: Properties = {}) => part("ProjectContainerTagProtection", { ...released, ...more });

const member = (accessLevel: string, name: string) =>
  of("ProjectMembership", { project: "7", accessLevel }, { name });

const started = () =>
  of("PipelineSchedule", { project: "7" }, { name: "s", outputs: { pipelineScheduleId: "3" } });
const task = (value: string, key = "ECLUSE_TASK") =>
  of("PipelineScheduleVariable", { pipelineScheduleId: "3", key, value }, { name: "v" });

/** What each rule on whole stacks of GitLab passes, and what it refuses. */
export const gitlabStackCases: Cases = {
  "GL-04": {
    pass: [made(), main2, part("BranchProtection", { branch: "release/*" })],
    fail: [
      [made()],
      [made(), part("BranchProtection", { ...main, ...lists, allowForcePush: true })],
      [made(), part("BranchProtection", { ...main, ...levels, pushAccessLevel: "developer" })],
      [made(), part("BranchProtection", { ...main, ...levels, mergeAccessLevel: "developer" })],
      [made(), part("BranchProtection", { ...main, ...lists, allowedToPushes: [{ userId: 3 }] })],
      [made(), part("BranchProtection", { ...main, ...lists, allowedToMerges: [] })],
      ...["allowedToPushes", "allowedToMerges", "allowedToUnprotects"].flatMap((list) =>
        outsiders.map((who) => [made(), part("BranchProtection", { ...main, ...levels, [list]: [who] })]),
      ),
      [made(), part("BranchProtection", { ...main, branch: "master", ...lists })],
      [made({ defaultBranch: "trunk" }), main2],
      [
        made(),
        main2,
        part("BranchProtection", { ...main, branch: "ma*", ...levels, pushAccessLevel: "developer" }),
      ],
    ],
    open: [made(), plan("BranchProtection", { ...main, ...lists })],
    alsoOpen: [[made(), part("BranchProtection", { ...main, ...levels, allowedToPushes: UNKNOWN })]],
  },
  "GL-06": {
    context: forge,
    pass: [made(), approvals, two],
    fail: [
      [made(), two],
      [made(), approvals],
      [made(), approvals, part("ProjectApprovalRule", { approvalsRequired: 1, ruleType: "any_approver" })],
      [made(), approvals, part("ProjectApprovalRule", { approvalsRequired: 2, protectedBranchIds: [4] })],
      ...Object.keys(noAuthors).map((key) => [
        made(),
        two,
        part("ProjectLevelMrApprovals", { ...noAuthors, [key]: key === "mergeRequestsAuthorApproval" }),
      ]),
    ],
    open: [made(), approvals, part("ProjectApprovalRule", { approvalsRequired: UNKNOWN })],
  },
  "GL-11": {
    context: environmentOf("premium"),
    pass: [environment, guarded()],
    fail: [
      [environment],
      [environment, guarded({ environment: "staging" })],
      [environment, guarded({ project: "ecluse/b" })],
      [environment, guarded({ deployAccessLevelsAttributes: [{ accessLevel: "developer" }] })],
      [environment, guarded({ deployAccessLevelsAttributes: [] })],
      [environment, guarded({ approvalRules: [] })],
      [environment, guarded({ approvalRules: [{ accessLevel: "maintainer", requiredApprovals: 0 }] })],
      [environment, guarded({ approvalRules: [{ accessLevel: "developer", requiredApprovals: 1 }] })],
    ],
    open: [environment, guarded({ environment: UNKNOWN })],
  },
  "GL-14": {
    pass: [made(), part("ProjectJobTokenScopes", { enabled: true, targetProjectIds: [3] })],
    fail: [
      [made()],
      [made(), part("ProjectJobTokenScopes", { enabled: false, targetProjectIds: [3] })],
      [made(), part("ProjectJobTokenScopes", {})],
      [
        made({ ciPushRepositoryForJobTokenAllowed: true }),
        part("ProjectJobTokenScopes", { targetGroupIds: [] }),
      ],
    ],
    open: [made(), plan("ProjectJobTokenScopes", { targetProjectIds: [3] })],
  },
  "GL-17": {
    context: forge,
    pass: [made(), part("ProjectPushRules", rules)],
    fail: [
      [made()],
      ...Object.keys(rules).map((key) => [made(), part("ProjectPushRules", { ...rules, [key]: false })]),
    ],
    open: [made(), plan("ProjectPushRules", rules)],
  },
  "GL-18": {
    pass: [made(), part("TagProtection", { tag: "*.*.*", createAccessLevel: "maintainer" })],
    fail: [
      [made()],
      [made(), part("TagProtection", { tag: "*.*.*", createAccessLevel: "developer" })],
      ...outsiders.map((who) => [
        made(),
        part("TagProtection", { tag: "*.*.*", createAccessLevel: "maintainer", allowedToCreates: [who] }),
      ]),
      [made(), part("TagProtection", { tag: "v*", createAccessLevel: "maintainer" })],
      [
        made(),
        part("TagProtection", { tag: "*.*.*", createAccessLevel: "maintainer" }),
        part("TagProtection", { tag: "v*", createAccessLevel: "developer" }),
      ],
    ],
    open: [made(), part("TagProtection", { tag: "*", createAccessLevel: UNKNOWN })],
    alsoOpen: [
      [
        made(),
        part("TagProtection", { tag: "*", createAccessLevel: "maintainer", allowedToCreates: UNKNOWN }),
      ],
    ],
  },
  "GL-21": {
    pass: [member("owner", "a"), member("owner", "b"), member("maintainer", "c")],
    fail: [
      [member("owner", "a"), member("owner", "b"), member("owner", "c")],
      [member("guest", "a")],
      [of("GroupShareGroup", { groupId: "1", groupAccess: "owner", shareGroupId: 2 })],
    ],
    open: [of("GroupMembership", { groupId: 1, accessLevel: UNKNOWN })],
  },
  "GL-23": {
    context: forge,
    pass: [made(), images(), tags()],
    fail: [
      [made(), tags()],
      [made(), images()],
      [made(), images({ minimumAccessLevelForPush: "developer" }), tags()],
      [made(), images({ repositoryPathPattern: "ecluse/b*" }), tags()],
      [made(), images(), tags({ minimumAccessLevelForPush: "DEVELOPER" })],
      [made(), images(), tags({ tagNameRegex: "^latest$" })],
      [made(), images(), tags({ tagNameRegex: "(" })],
    ],
    open: [made(), images(), tags({ tagNameRegex: UNKNOWN })],
  },
  "GL-26": {
    pass: [started(), task("monitor")],
    fail: [
      [started()],
      [started(), task("train")],
      [started(), task("monitor", "ANOTHER")],
      // Its settings have no rollout.
      [started(), task("rollout")],
    ],
    open: [started(), task(UNKNOWN)],
  },
};
