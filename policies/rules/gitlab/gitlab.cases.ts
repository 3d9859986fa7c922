import { type Properties, secret, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { contextOfStack } from "../../context";
import { gitlabType } from "../../gitlab";

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const of = (kind: string, inputs: Properties, more: Partial<Sketch> = {}): Sketch => ({
  type: gitlabType(kind),
  inputs,
  ...more,
});
/** The shipped forge is judged as production, with what GitLab has in tier premium. */
const forge = contextOfStack("forge");

const token = { key: "DEPLOY_TOKEN", value: secret("x"), masked: true, protected: true, hidden: true };
const address = { key: "MLFLOW_TRACKING_URI", value: secret("https://tracking.example.com") };
const merging = {
  onlyAllowMergeIfPipelineSucceeds: true,
  onlyAllowMergeIfAllDiscussionsAreResolved: true,
};
const closed = { visibilityLevel: "private", publicJobs: false, forkingAccessLevel: "disabled" };
const group = {
  requireTwoFactorAuthentication: true,
  twoFactorGracePeriod: 48,
  preventForkingOutsideGroup: true,
  shareWithGroupLock: true,
  projectCreationLevel: "maintainer",
};
const runner = {
  untagged: false,
  tagLists: ["ecluse-prod"],
  locked: true,
  runnerType: "project_type",
  accessLevel: "ref_protected",
  maximumTimeout: 14_400,
};
const rotation = { expirationDays: 60, rotateBeforeDays: 20 };
const narrow = { scopes: ["write_repository"], accessLevel: "developer", rotationConfiguration: rotation };
const asking = {
  requestAccessEnabled: false,
  autoDevopsEnabled: false,
  allowPipelineTriggerApproveDeployment: false,
  ciSeparatedCaches: true,
  pagesAccessLevel: "disabled",
  snippetsAccessLevel: "disabled",
  wikiAccessLevel: "private",
  ciIdTokenSubClaimComponents: ["project_path", "ref_type", "ref"],
};
const hook = { url: "https://hooks.example.com/gitlab", enableSslVerification: true, token: secret("x") };
const schedule = { ref: "refs/heads/main", takeOwnership: true };
const without = (from: Properties, ...keys: string[]): Properties =>
  Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));

/** What each rule on single resources of GitLab passes, and what it refuses. */
export const gitlabCases: Cases = {
  "GL-01": {
    pass: token,
    fail: [
      { ...token, masked: false },
      { ...token, protected: false },
      { key: "ECLUSE_SIGNING_KEY" },
      { key: "PGPASSWORD", masked: true },
      { key: "A", value: secret(`glpat-${"x1".repeat(10)}`), masked: true },
      of("GroupVariable", { key: "REGISTRY_PASSWORD" }),
      of("InstanceVariable", { key: "KUBECONFIG", masked: true }),
    ],
    notApplicable: [address, { key: "ECLUSE_SIGNING_PUBLIC_KEY" }, { key: "ECLUSE_TASK" }],
    open: { key: "A", value: secret(UNKNOWN), masked: false },
  },
  "GL-02": {
    pass: token,
    fail: [
      { ...token, hidden: false },
      without(token, "hidden"),
      of("GroupVariable", without(token, "hidden")),
    ],
    notApplicable: [address],
    open: { key: "A", value: UNKNOWN },
  },
  "GL-03": {
    pass: address,
    fail: [
      { key: "ARM_CLIENT_SECRET" },
      { key: "AZURE_STORAGE_KEY" },
      { key: "PROD_KUBECONFIG" },
      { key: "AWS_SECRET_ACCESS_KEY" },
      { key: "A", value: secret(`AccountKey=${"abcdefgh".repeat(10)}==`) },
      { key: "A", value: "https://a.blob.core.windows.net/data?sv=1&sig=abcdefghijklmnopqrstuvwxyz" },
      of("InstanceVariable", { key: "GOOGLE_CREDENTIALS" }),
    ],
    open: { ...address, value: UNKNOWN },
  },
  "GL-05": {
    context: forge,
    pass: { codeOwnerApprovalRequired: true },
    fail: [{ codeOwnerApprovalRequired: false }, {}],
  },
  "GL-07": {
    pass: merging,
    fail: [
      { ...merging, onlyAllowMergeIfPipelineSucceeds: false },
      without(merging, "onlyAllowMergeIfAllDiscussionsAreResolved"),
      { ...merging, allowMergeOnSkippedPipeline: true },
    ],
  },
  "GL-08": {
    pass: closed,
    fail: [
      { ...closed, visibilityLevel: "internal" },
      { ...closed, publicJobs: true },
      { ...closed, forkingAccessLevel: "enabled" },
      without(closed, "publicJobs"),
      of("Group", { visibilityLevel: "public" }),
      of("Group", {}),
    ],
  },
  "GL-09": {
    pass: { sharedRunnersEnabled: false },
    fail: [
      { sharedRunnersEnabled: true },
      {},
      of("Group", { sharedRunnersSetting: "disabled_and_overridable" }),
      of("Group", {}),
    ],
  },
  "GL-10": {
    pass: runner,
    fail: [
      { ...runner, untagged: true },
      { ...runner, tagLists: [] },
      { ...runner, locked: false },
      { ...runner, accessLevel: "not_protected" },
      { ...runner, runnerType: "group_type" },
      { ...runner, runnerType: "instance_type" },
      { ...runner, maximumTimeout: 1_000_000 },
      without(runner, "maximumTimeout"),
    ],
  },
  "GL-12": {
    pass: narrow,
    fail: [
      without(narrow, "rotationConfiguration"),
      { ...narrow, rotationConfiguration: { expirationDays: 365, rotateBeforeDays: 20 } },
      { ...without(narrow, "rotationConfiguration"), expiresAt: inDays(200) },
      { ...narrow, scopes: ["api"] },
      { ...narrow, scopes: ["api", "sudo"], accessLevel: "reporter" },
      { ...without(narrow, "accessLevel"), scopes: ["api"] },
      { ...narrow, accessLevel: "owner" },
      { ...narrow, scopes: [] },
      of("ProjectDeployToken", { scopes: ["read_registry"] }),
      of("PersonalAccessToken", { scopes: ["sudo"], expiresAt: inDays(30) }),
    ],
  },
  "GL-13": {
    pass: { canPush: false, expiresAt: "2030-01-01" },
    fail: [{ canPush: true, expiresAt: "2030-01-01" }, { canPush: false }, { expiresAt: "2030-01-01" }],
  },
  "GL-15": {
    pass: { ciPipelineVariablesMinimumOverrideRole: "maintainer" },
    fail: [{ ciPipelineVariablesMinimumOverrideRole: "developer" }, {}],
  },
  "GL-16": {
    context: forge,
    pass: hook,
    fail: [
      { ...hook, enableSslVerification: false },
      { ...hook, url: "http://hooks.example.com/gitlab" },
      { ...hook, url: "https://hooks.example.org/gitlab" },
      { ...hook, url: "https://hooks.example.com.example.org/gitlab" },
      without(hook, "token"),
      of("SystemHook", without(hook, "token")),
    ],
  },
  "GL-19": {
    pass: schedule,
    fail: [
      { ...schedule, ref: "refs/heads/feature" },
      { ...schedule, ref: "main" },
      { ...schedule, takeOwnership: false },
      of("PipelineScheduleVariable", { key: "REGISTRY_TOKEN" }),
    ],
  },
  "GL-20": { pass: "never", fail: [{ project: "a", description: "b" }], open: "never" },
  "GL-22": {
    context: forge,
    pass: group,
    fail: [
      ...Object.keys(group).map((key) => without(group, key)),
      { ...group, requireTwoFactorAuthentication: false },
      { ...group, twoFactorGracePeriod: 720 },
      { ...group, projectCreationLevel: "developer" },
    ],
  },
  "GL-24": { pass: "never", fail: [{ agentId: 1, name: "a" }], open: "never" },
  "GL-25": {
    pass: { archiveOnDestroy: true },
    fail: [
      {},
      { archiveOnDestroy: true, permanentlyDeleteOnDestroy: true },
      of("Group", { archiveOnDestroy: true, permanentlyRemoveOnDelete: true }),
    ],
  },
  "GL-27": {
    pass: { key: "MLFLOW_WORKSPACE", protected: true },
    fail: [{ key: "MLFLOW_WORKSPACE", protected: false }, { key: "MLFLOW_WORKSPACE" }],
  },
  "GL-28": {
    pass: of("Project", asking),
    fail: [
      of("Project", { ...asking, requestAccessEnabled: true }),
      of("Project", { ...asking, allowPipelineTriggerApproveDeployment: true }),
      of("Project", { ...asking, ciSeparatedCaches: false }),
      of("Project", { ...asking, protectMergeRequestPipelines: true }),
      of("Project", { ...asking, ciIdTokenSubClaimComponents: ["project_id", "ref"] }),
      of("Project", { ...asking, wikiAccessLevel: "public" }),
      of("Group", { requestAccessEnabled: false, autoDevopsEnabled: false }),
    ],
  },
};
