import type * as gitlab from "@pulumi/gitlab";
import { mainBranch } from "./conventions";
import type { ForgeContext } from "./forgeContext";
import { cleanUp } from "./registry";
import { hasProtection } from "./tiers";

/** Only what has passed is merged, and it is the very commit that production trains: no merge commit, no squash. */
const merging = {
  mergeMethod: "ff",
  squashOption: "never",
  onlyAllowMergeIfPipelineSucceeds: true,
  onlyAllowMergeIfAllDiscussionsAreResolved: true,
  allowMergeOnSkippedPipeline: false,
  removeSourceBranchAfterMerge: true,
} as const;

/** Who sees what: members of the project, and nobody by a fork, a page or a request. */
const visibility = {
  visibilityLevel: "private",
  publicJobs: false,
  forkingAccessLevel: "disabled",
  requestAccessEnabled: false,
  containerRegistryAccessLevel: "private",
  pagesAccessLevel: "disabled",
  snippetsAccessLevel: "disabled",
  wikiAccessLevel: "disabled",
} as const;

const pipelines = {
  // Runners of the environments, and the group's, which owners alone make: it builds images.
  sharedRunnersEnabled: false,
  groupRunnersEnabled: true,
  autoDevopsEnabled: false,
  ciDefaultGitDepth: 20,
  // A branch's cache would reach production's jobs.
  ciSeparatedCaches: true,
  // An older commit of main does not overtake a newer one in production; branches make no deployments (templates/train.yml).
  ciForwardDeploymentEnabled: true,
  ciForwardDeploymentRollbackAllowed: false,
  autoCancelPendingPipelines: "enabled",
  // Schedules and releases hand over variables, and run as maintainers; a developer's would override production's.
  ciPipelineVariablesMinimumOverrideRole: "maintainer",
  ciPushRepositoryForJobTokenAllowed: false,
  protectMergeRequestPipelines: false,
  // With less in `sub`, Azure would trust every branch.
  ciIdTokenSubClaimComponents: ["project_path", "ref_type", "ref"],
} as const;

/** What every project is like; its content is its team's, so Pulumi owns no file of it. */
export function projectSettings({ gitlab: settings, group }: ForgeContext): gitlab.ProjectArgs {
  return {
    namespaceId: group.id.apply(Number),
    defaultBranch: mainBranch,
    initializeWithReadme: true,
    archiveOnDestroy: true,
    permanentlyDeleteOnDestroy: false,
    containerExpirationPolicy: cleanUp,
    ...merging,
    ...visibility,
    ...pipelines,
    ciIdTokenSubClaimComponents: [...pipelines.ciIdTokenSubClaimComponents],
    ...(hasProtection(settings, "protectedEnvironments") && { allowPipelineTriggerApproveDeployment: false }),
    ...(hasProtection(settings, "secretDetection") && { preReceiveSecretDetectionEnabled: true }),
  };
}
