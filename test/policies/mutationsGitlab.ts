import { gitlabType } from "../../policies/gitlab";
import { secret } from "../../protocol/properties";
import type { Mutation } from "./mutation";
import { added, broken, type Place } from "./place";

const forge = (kind: string, name?: string): Place => ({ stack: "forge", type: gitlabType(kind), name });
const prod = (kind: string, name?: string): Place => ({ ...forge(kind, name), stack: "prod" });

const group = forge("Group");
const project = forge("Project", "bank-churn");
const main = forge("BranchProtection", "bank-churn-main");
const approvals = forge("ProjectLevelMrApprovals", "platform-approvals");
const two = forge("ProjectApprovalRule", "bank-churn-approval-rule");
const bot = forge("ProjectVariable", "platform-bot-token");
const botToken = forge("ProjectAccessToken", "platform-bot");
const hook = forge("ProjectHook");
const pushes = forge("ProjectPushRules", "platform-push-rules");
const tags = forge("TagProtection", "bank-churn-release-tags");
const images = forge("ProjectContainerRepositoryProtection", "bank-churn-images");
const imageTags = forge("ProjectContainerTagProtection", "platform-image-tags");
const jobTokens = forge("ProjectJobTokenScopes", "bank-churn-job-tokens");

const variable = prod("ProjectVariable", "bank-churn-project-ecluse-data-url");
const runner = prod("UserRunner", "bank-churn-train-runner");
const guard = prod("ProjectProtectedEnvironment", "bank-churn-project-protection");
const schedule = prod("PipelineSchedule");
const taskVariable = prod("PipelineScheduleVariable", "bank-churn-project-monitor-ecluse-task");
const issues = prod("ProjectAccessToken", "bank-churn-monitor-token");
const devRunner: Place = { ...runner, stack: "dev" };

const gone = (place: Place, rule: string): Mutation => ({ ...place, rule, drop: true });
const owner = (name: string) => ({
  ...forge("ProjectMembership", name),
  add: true as const,
  set: { project: "2", accessLevel: "owner" },
});

const forgeRows: (Mutation | Mutation[])[] = [
  broken(bot, "GL-01", { masked: false }, { protected: false }, { masked: undefined }),
  broken(bot, "GL-02", { hidden: false }, { hidden: undefined }),
  broken(bot, "GL-03", { key: "ARM_CLIENT_SECRET" }),
  added(forge("GroupVariable"), "GL-03", { key: "AWS_SECRET_ACCESS_KEY", masked: true, protected: true }),
  added(forge("GroupVariable"), "GL-01", { key: "SONAR_TOKEN" }),
  broken(main, "GL-04", { allowForcePush: true }, { allowForcePush: undefined }),
  broken(main, "GL-04", { "allowedToPushes.0.accessLevel": "developer" }),
  broken(main, "GL-04", { "allowedToMerges.0.accessLevel": "developer" }, { branch: "develop" }),
  broken(main, "GL-04", { allowedToPushes: [] }, { allowedToPushes: [{ userId: 7 }] }),
  broken(main, "GL-04", { "allowedToPushes.1": { userId: 42 } }, { "allowedToMerges.1": { groupId: 42 } }),
  broken(main, "GL-04", { allowedToPushes: [{ userId: 42 }], pushAccessLevel: "maintainer" }),
  broken(main, "GL-04", { allowedToUnprotects: [{ accessLevel: "developer" }] }),
  gone(main, "GL-04"),
  added(forge("BranchProtection"), "GL-04", { project: "2", branch: "m*", pushAccessLevel: "developer" }),
  broken(main, "GL-05", { codeOwnerApprovalRequired: false }, { codeOwnerApprovalRequired: undefined }),
  broken(approvals, "GL-06", { mergeRequestsAuthorApproval: true }, { resetApprovalsOnPush: false }),
  broken(approvals, "GL-06", { mergeRequestsDisableCommittersApproval: false }),
  broken(approvals, "GL-06", { disableOverridingApproversPerMergeRequest: undefined }),
  gone(approvals, "GL-06"),
  broken(
    two,
    "GL-06",
    { approvalsRequired: 1 },
    { ruleType: "report_approver" },
    { protectedBranchIds: [4] },
  ),
  gone(two, "GL-06"),
  broken(
    project,
    "GL-07",
    { onlyAllowMergeIfPipelineSucceeds: false },
    { allowMergeOnSkippedPipeline: true },
  ),
  broken(project, "GL-07", { onlyAllowMergeIfAllDiscussionsAreResolved: undefined }),
  broken(project, "GL-08", { visibilityLevel: "internal" }, { publicJobs: true }, { publicJobs: undefined }),
  broken(project, "GL-08", { forkingAccessLevel: "enabled" }, { forkingAccessLevel: undefined }),
  broken(group, "GL-08", { visibilityLevel: "public" }),
  broken(project, "GL-09", { sharedRunnersEnabled: true }, { sharedRunnersEnabled: undefined }),
  broken(group, "GL-09", { sharedRunnersSetting: "enabled" }),
  broken(botToken, "GL-12", { scopes: ["api"] }, { accessLevel: "owner" }, { scopes: ["sudo"] }),
  broken(botToken, "GL-12", { rotationConfiguration: undefined }),
  broken(botToken, "GL-12", { "rotationConfiguration.expirationDays": 365 }),
  added(forge("DeployKey"), "GL-13", { project: "2", canPush: true, expiresAt: "2030-01-01" }),
  added(forge("DeployKey"), "GL-13", { project: "2", canPush: false }),
  broken(jobTokens, "GL-14", { enabled: false }, { targetProjectIds: undefined, targetGroupIds: undefined }),
  gone(jobTokens, "GL-14"),
  broken(project, "GL-14", { ciPushRepositoryForJobTokenAllowed: true }),
  broken(project, "GL-15", { ciPipelineVariablesMinimumOverrideRole: "developer" }),
  broken(project, "GL-15", { ciPipelineVariablesMinimumOverrideRole: undefined }),
  broken(hook, "GL-16", { enableSslVerification: false }, { url: "http://hooks.example.com/gitlab" }),
  broken(hook, "GL-16", { url: "https://hooks.example.org/gitlab" }, { token: undefined }),
  broken(pushes, "GL-17", { preventSecrets: false }, { rejectUnsignedCommits: false }),
  broken(pushes, "GL-17", { denyDeleteTag: undefined }, { memberCheck: undefined }),
  gone(pushes, "GL-17"),
  broken(
    tags,
    "GL-18",
    { tag: "release-*" },
    { createAccessLevel: "developer" },
    { createAccessLevel: undefined },
    { allowedToCreates: [{ userId: 42 }] },
    { allowedToCreates: [{ accessLevel: "developer" }] },
  ),
  gone(tags, "GL-18"),
  added(forge("PipelineTrigger"), "GL-20", { project: "2", description: "from outside" }),
  { ...owner("one"), rule: "GL-21", set: { project: "2", accessLevel: "guest" } },
  added(forge("GroupShareGroup"), "GL-21", { groupId: "5", groupAccess: "owner" }),
  broken(group, "GL-22", { requireTwoFactorAuthentication: false }, { twoFactorGracePeriod: 720 }),
  broken(group, "GL-22", { preventForkingOutsideGroup: undefined }, { shareWithGroupLock: false }),
  broken(group, "GL-22", { projectCreationLevel: "developer" }),
  broken(
    images,
    "GL-23",
    { minimumAccessLevelForPush: "developer" },
    { repositoryPathPattern: "ecluse/other*" },
  ),
  gone(images, "GL-23"),
  broken(imageTags, "GL-23", { minimumAccessLevelForPush: "DEVELOPER" }, { tagNameRegex: "^latest$" }),
  gone(imageTags, "GL-23"),
  added(forge("ClusterAgentToken"), "GL-24", { project: "1", agentId: 1, name: "cluster" }),
  broken(project, "GL-25", { archiveOnDestroy: false }, { permanentlyDeleteOnDestroy: true }),
  broken(group, "GL-25", { archiveOnDestroy: undefined }, { permanentlyRemoveOnDelete: true }),
];

const environmentRows: (Mutation | Mutation[])[] = [
  broken(variable, "GL-01", { key: "DATA_CONNECTION_STRING" }, { value: secret(`glpat-${"a1".repeat(12)}`) }),
  broken(variable, "GL-02", { key: "DATABASE_PASSWORD" }),
  broken(variable, "GL-03", { key: "AZURE_STORAGE_KEY" }, { key: "KUBECONFIG" }),
  broken(variable, "GL-03", {
    value: secret("https://a.blob.core.windows.net/?sig=abcdefghijklmnopqrstuvwxyz"),
  }),
  broken(runner, "GL-10", { untagged: true }, { tagLists: [] }, { locked: false }, { locked: undefined }),
  broken(runner, "GL-10", { accessLevel: "not_protected" }, { runnerType: "group_type" }),
  broken(runner, "GL-10", { maximumTimeout: undefined }),
  broken(devRunner, "GL-10", { runnerType: "instance_type" }, { untagged: undefined }),
  broken(
    guard,
    "GL-11",
    { "deployAccessLevelsAttributes.0.accessLevel": "developer" },
    { environment: "dev" },
  ),
  broken(guard, "GL-11", { "approvalRules.0.requiredApprovals": 0 }, { approvalRules: [] }),
  gone(guard, "GL-11"),
  broken(
    issues,
    "GL-12",
    { accessLevel: "developer" },
    { accessLevel: undefined },
    { scopes: ["api", "sudo"] },
  ),
  broken(
    schedule,
    "GL-19",
    { ref: "refs/heads/feature" },
    { takeOwnership: false },
    { takeOwnership: undefined },
  ),
  broken(taskVariable, "GL-19", { key: "REGISTRY_PASSWORD" }),
];

/** What GitLab is made of, broken as people break it. */
export const gitlabMutations: readonly Mutation[] = [...forgeRows, ...environmentRows].flat();
