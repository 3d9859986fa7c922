// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import type * as pulumi from "@pulumi/pulumi";

/** BranchProtectionAllowedToMerge, as a program gives it. */
export interface BranchProtectionAllowedToMerge {
  readonly accessLevel?: pulumi.Input<string | undefined>;
  readonly accessLevelDescription?: pulumi.Input<string | undefined>;
  readonly groupId?: pulumi.Input<number | undefined>;
  readonly userId?: pulumi.Input<number | undefined>;
}

/** BranchProtectionAllowedToPush, as a program gives it. */
export interface BranchProtectionAllowedToPush {
  readonly accessLevel?: pulumi.Input<string | undefined>;
  readonly accessLevelDescription?: pulumi.Input<string | undefined>;
  readonly deployKeyId?: pulumi.Input<number | undefined>;
  readonly groupId?: pulumi.Input<number | undefined>;
  readonly userId?: pulumi.Input<number | undefined>;
}

/** BranchProtectionAllowedToUnprotect, as a program gives it. */
export interface BranchProtectionAllowedToUnprotect {
  readonly accessLevel?: pulumi.Input<string | undefined>;
  readonly accessLevelDescription?: pulumi.Input<string | undefined>;
  readonly groupId?: pulumi.Input<number | undefined>;
  readonly userId?: pulumi.Input<number | undefined>;
}

/** GroupAccessTokenRotationConfiguration, as a program gives it. */
export interface GroupAccessTokenRotationConfiguration {
  readonly expirationDays: pulumi.Input<number>;
  readonly rotateBeforeDays: pulumi.Input<number>;
}

/** GroupDefaultBranchProtectionDefaults, as a program gives it. */
export interface GroupDefaultBranchProtectionDefaults {
  readonly allowForcePush?: pulumi.Input<boolean | undefined>;
  readonly allowedToMerges?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  readonly allowedToPushes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  readonly codeOwnerApprovalRequired?: pulumi.Input<boolean | undefined>;
  readonly developerCanInitialPush?: pulumi.Input<boolean | undefined>;
}

/** GroupPushRules, as a program gives it. */
export interface GroupPushRules {
  readonly authorEmailRegex?: pulumi.Input<string | undefined>;
  readonly branchNameRegex?: pulumi.Input<string | undefined>;
  readonly commitCommitterCheck?: pulumi.Input<boolean | undefined>;
  readonly commitCommitterNameCheck?: pulumi.Input<boolean | undefined>;
  readonly commitMessageNegativeRegex?: pulumi.Input<string | undefined>;
  readonly commitMessageRegex?: pulumi.Input<string | undefined>;
  readonly denyDeleteTag?: pulumi.Input<boolean | undefined>;
  readonly fileNameRegex?: pulumi.Input<string | undefined>;
  readonly maxFileSize?: pulumi.Input<number | undefined>;
  readonly memberCheck?: pulumi.Input<boolean | undefined>;
  readonly preventSecrets?: pulumi.Input<boolean | undefined>;
  readonly rejectNonDcoCommits?: pulumi.Input<boolean | undefined>;
  readonly rejectUnsignedCommits?: pulumi.Input<boolean | undefined>;
}

/** PipelineScheduleInput, as a program gives it. */
export interface PipelineScheduleInput {
  readonly name: pulumi.Input<string>;
  readonly value: pulumi.Input<string>;
}

/** ProjectAccessTokenRotationConfiguration, as a program gives it. */
export interface ProjectAccessTokenRotationConfiguration {
  readonly expirationDays: pulumi.Input<number>;
  readonly rotateBeforeDays: pulumi.Input<number>;
}

/** ProjectContainerExpirationPolicy, as a program gives it. */
export interface ProjectContainerExpirationPolicy {
  readonly cadence?: pulumi.Input<string | undefined>;
  readonly enabled?: pulumi.Input<boolean | undefined>;
  readonly keepN?: pulumi.Input<number | undefined>;
  readonly nameRegexDelete?: pulumi.Input<string | undefined>;
  readonly nameRegexKeep?: pulumi.Input<string | undefined>;
  readonly nextRunAt?: pulumi.Input<string | undefined>;
  readonly olderThan?: pulumi.Input<string | undefined>;
}

/** ProjectContainerTagProtectionTimeouts, as a program gives it. */
export interface ProjectContainerTagProtectionTimeouts {
  readonly create?: pulumi.Input<string | undefined>;
}

/** ProjectHookCustomHeader, as a program gives it. */
export interface ProjectHookCustomHeader {
  readonly key: pulumi.Input<string>;
  readonly value: pulumi.Input<string>;
}

/** ProjectHookUrlVariable, as a program gives it. */
export interface ProjectHookUrlVariable {
  readonly key: pulumi.Input<string>;
  readonly value: pulumi.Input<string>;
}

/** ProjectProtectedEnvironmentApprovalRule, as a program gives it. */
export interface ProjectProtectedEnvironmentApprovalRule {
  readonly accessLevel?: pulumi.Input<string | undefined>;
  readonly accessLevelDescription?: pulumi.Input<string | undefined>;
  readonly groupId?: pulumi.Input<number | undefined>;
  readonly groupInheritanceType?: pulumi.Input<number | undefined>;
  readonly id?: pulumi.Input<number | undefined>;
  readonly requiredApprovals?: pulumi.Input<number | undefined>;
  readonly userId?: pulumi.Input<number | undefined>;
}

/** ProjectProtectedEnvironmentDeployAccessLevelsAttribute, as a program gives it. */
export interface ProjectProtectedEnvironmentDeployAccessLevelsAttribute {
  readonly accessLevel?: pulumi.Input<string | undefined>;
  readonly accessLevelDescription?: pulumi.Input<string | undefined>;
  readonly groupId?: pulumi.Input<number | undefined>;
  readonly groupInheritanceType?: pulumi.Input<number | undefined>;
  readonly id?: pulumi.Input<number | undefined>;
  readonly userId?: pulumi.Input<number | undefined>;
}

/** ProjectPushRules, as a program gives it. */
export interface ProjectPushRules {
  readonly authorEmailRegex?: pulumi.Input<string | undefined>;
  readonly branchNameRegex?: pulumi.Input<string | undefined>;
  readonly commitCommitterCheck?: pulumi.Input<boolean | undefined>;
  readonly commitCommitterNameCheck?: pulumi.Input<boolean | undefined>;
  readonly commitMessageNegativeRegex?: pulumi.Input<string | undefined>;
  readonly commitMessageRegex?: pulumi.Input<string | undefined>;
  readonly denyDeleteTag?: pulumi.Input<boolean | undefined>;
  readonly fileNameRegex?: pulumi.Input<string | undefined>;
  readonly maxFileSize?: pulumi.Input<number | undefined>;
  readonly memberCheck?: pulumi.Input<boolean | undefined>;
  readonly preventSecrets?: pulumi.Input<boolean | undefined>;
  readonly rejectNonDcoCommits?: pulumi.Input<boolean | undefined>;
  readonly rejectUnsignedCommits?: pulumi.Input<boolean | undefined>;
}

/** TagProtectionAllowedToCreate, as a program gives it. */
export interface TagProtectionAllowedToCreate {
  readonly accessLevel?: pulumi.Input<string | undefined>;
  readonly accessLevelDescription?: pulumi.Input<string | undefined>;
  readonly deployKeyId?: pulumi.Input<number | undefined>;
  readonly groupId?: pulumi.Input<number | undefined>;
  readonly userId?: pulumi.Input<number | undefined>;
}

/** ValueStreamAnalyticsStage, as a program gives it. */
export interface ValueStreamAnalyticsStage {
  readonly custom?: pulumi.Input<boolean | undefined>;
  readonly endEventIdentifier?: pulumi.Input<string | undefined>;
  readonly endEventLabelId?: pulumi.Input<string | undefined>;
  readonly hidden?: pulumi.Input<boolean | undefined>;
  readonly id?: pulumi.Input<string | undefined>;
  readonly name: pulumi.Input<string>;
  readonly startEventIdentifier?: pulumi.Input<string | undefined>;
  readonly startEventLabelId?: pulumi.Input<string | undefined>;
}
