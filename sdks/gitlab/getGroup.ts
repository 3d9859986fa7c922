// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { invokeOptions } from "./runtime";
import type * as outputs from "./types/output";

/** What getGroup takes. */
export interface GetGroupArgs {
  readonly fullPath?: string;
  readonly groupId?: number;
}

/** What getGroupOutput takes. */
export interface GetGroupOutputArgs {
  readonly fullPath?: pulumi.Input<string | undefined>;
  readonly groupId?: pulumi.Input<number | undefined>;
}

/** What getGroup gives. */
export interface GetGroupResult {
  readonly allowMergeOnSkippedPipeline: boolean;
  readonly allowedEmailDomainsList: string;
  readonly archived: boolean;
  readonly autoDevopsEnabled: boolean;
  readonly avatarUrl: string;
  readonly createdAt: string;
  readonly customAttributes: Record<string, string>[];
  readonly defaultBranch: string;
  /** @deprecated The provider means to drop it. */
  readonly defaultBranchProtection: number;
  readonly defaultBranchProtectionDefaults: outputs.GetGroupDefaultBranchProtectionDefault[];
  readonly description: string;
  readonly duoAvailability: string;
  readonly duoFeaturesEnabled: boolean;
  /** @deprecated The provider means to drop it. */
  readonly emailsDisabled: boolean;
  readonly emailsEnabled: boolean;
  readonly enabledGitAccessProtocol: string;
  readonly experimentFeaturesEnabled: boolean;
  readonly extraSharedRunnersMinutesLimit: number;
  readonly fileTemplateProjectId: number;
  readonly fullName: string;
  readonly fullPath: string;
  readonly groupId: number;
  readonly id: string;
  readonly ipRestrictionRanges: string;
  readonly ldapAccess: number;
  readonly ldapCn: string;
  readonly lfsEnabled: boolean;
  readonly lockDuoFeaturesEnabled: boolean;
  readonly lockMathRenderingLimitsEnabled: boolean;
  readonly markedForDeletionOn: string;
  readonly mathRenderingLimitsEnabled: boolean;
  readonly maxArtifactsSize: number;
  readonly membershipLock: boolean;
  readonly mentionsDisabled: boolean;
  readonly name: string;
  readonly onlyAllowMergeIfAllDiscussionsAreResolved: boolean;
  readonly onlyAllowMergeIfPipelineSucceeds: boolean;
  readonly organizationId: number;
  readonly parentId: number;
  readonly path: string;
  readonly preventForkingOutsideGroup: boolean;
  readonly preventSharingGroupsOutsideHierarchy: boolean;
  readonly projectCreationLevel: string;
  readonly pushRules: outputs.GetGroupPushRule[];
  readonly repositoryStorage: string;
  readonly requestAccessEnabled: boolean;
  readonly requireTwoFactorAuthentication: boolean;
  readonly runnersToken: string;
  readonly shareWithGroupLock: boolean;
  readonly sharedRunnersMinutesLimit: number;
  readonly sharedRunnersSetting: string;
  readonly sharedWithGroups: outputs.GetGroupSharedWithGroup[];
  readonly statistics: Record<string, number>;
  readonly subgroupCreationLevel: string;
  readonly twoFactorGracePeriod: number;
  readonly visibilityLevel: string;
  readonly webUrl: string;
  readonly wikiAccessLevel: string;
}

/** Asks GitLab at once. */
export function getGroup(args?: GetGroupArgs, opts?: pulumi.InvokeOptions): Promise<GetGroupResult> {
  return pulumi.runtime.invoke("gitlab:index/getGroup:getGroup", { ...args }, invokeOptions(opts));
}

/** Asks GitLab once the arguments are known. */
export function getGroupOutput(
  args?: GetGroupOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetGroupResult> {
  return pulumi.runtime.invokeOutput("gitlab:index/getGroup:getGroup", { ...args }, invokeOptions(opts));
}
