// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.

/** BranchProtectionAllowedToMerge, as a program gets it. */
export interface BranchProtectionAllowedToMerge {
  readonly accessLevel: string;
  readonly accessLevelDescription: string;
  readonly groupId?: number;
  readonly userId?: number;
}

/** BranchProtectionAllowedToPush, as a program gets it. */
export interface BranchProtectionAllowedToPush {
  readonly accessLevel: string;
  readonly accessLevelDescription: string;
  readonly deployKeyId?: number;
  readonly groupId?: number;
  readonly userId?: number;
}

/** BranchProtectionAllowedToUnprotect, as a program gets it. */
export interface BranchProtectionAllowedToUnprotect {
  readonly accessLevel: string;
  readonly accessLevelDescription: string;
  readonly groupId?: number;
  readonly userId?: number;
}

/** GroupAccessTokenRotationConfiguration, as a program gets it. */
export interface GroupAccessTokenRotationConfiguration {
  readonly expirationDays: number;
  readonly rotateBeforeDays: number;
}

/** GroupDefaultBranchProtectionDefaults, as a program gets it. */
export interface GroupDefaultBranchProtectionDefaults {
  readonly allowForcePush: boolean;
  readonly allowedToMerges: string[];
  readonly allowedToPushes: string[];
  readonly codeOwnerApprovalRequired: boolean;
  readonly developerCanInitialPush: boolean;
}

/** GroupPushRules, as a program gets it. */
export interface GroupPushRules {
  readonly authorEmailRegex: string;
  readonly branchNameRegex: string;
  readonly commitCommitterCheck: boolean;
  readonly commitCommitterNameCheck: boolean;
  readonly commitMessageNegativeRegex: string;
  readonly commitMessageRegex: string;
  readonly denyDeleteTag: boolean;
  readonly fileNameRegex: string;
  readonly maxFileSize: number;
  readonly memberCheck: boolean;
  readonly preventSecrets: boolean;
  readonly rejectNonDcoCommits: boolean;
  readonly rejectUnsignedCommits: boolean;
}

/** PipelineScheduleInput, as a program gets it. */
export interface PipelineScheduleInput {
  readonly name: string;
  readonly value: string;
}

/** ProjectAccessTokenRotationConfiguration, as a program gets it. */
export interface ProjectAccessTokenRotationConfiguration {
  readonly expirationDays: number;
  readonly rotateBeforeDays: number;
}

/** ProjectContainerExpirationPolicy, as a program gets it. */
export interface ProjectContainerExpirationPolicy {
  readonly cadence: string;
  readonly enabled: boolean;
  readonly keepN: number;
  readonly nameRegexDelete: string;
  readonly nameRegexKeep: string;
  readonly nextRunAt: string;
  readonly olderThan: string;
}

/** ProjectContainerTagProtectionTimeouts, as a program gets it. */
export interface ProjectContainerTagProtectionTimeouts {
  readonly create?: string;
}

/** ProjectHookCustomHeader, as a program gets it. */
export interface ProjectHookCustomHeader {
  readonly key: string;
  readonly value: string;
}

/** ProjectHookUrlVariable, as a program gets it. */
export interface ProjectHookUrlVariable {
  readonly key: string;
  readonly value: string;
}

/** ProjectProtectedEnvironmentApprovalRule, as a program gets it. */
export interface ProjectProtectedEnvironmentApprovalRule {
  readonly accessLevel?: string;
  readonly accessLevelDescription: string;
  readonly groupId?: number;
  readonly groupInheritanceType: number;
  readonly id: number;
  readonly requiredApprovals: number;
  readonly userId?: number;
}

/** ProjectProtectedEnvironmentDeployAccessLevelsAttribute, as a program gets it. */
export interface ProjectProtectedEnvironmentDeployAccessLevelsAttribute {
  readonly accessLevel?: string;
  readonly accessLevelDescription: string;
  readonly groupId?: number;
  readonly groupInheritanceType: number;
  readonly id: number;
  readonly userId?: number;
}

/** ProjectPushRules, as a program gets it. */
export interface ProjectPushRules {
  readonly authorEmailRegex?: string;
  readonly branchNameRegex?: string;
  readonly commitCommitterCheck?: boolean;
  readonly commitCommitterNameCheck?: boolean;
  readonly commitMessageNegativeRegex?: string;
  readonly commitMessageRegex?: string;
  readonly denyDeleteTag?: boolean;
  readonly fileNameRegex?: string;
  readonly maxFileSize?: number;
  readonly memberCheck?: boolean;
  readonly preventSecrets?: boolean;
  readonly rejectNonDcoCommits?: boolean;
  readonly rejectUnsignedCommits?: boolean;
}

/** TagProtectionAllowedToCreate, as a program gets it. */
export interface TagProtectionAllowedToCreate {
  readonly accessLevel: string;
  readonly accessLevelDescription: string;
  readonly deployKeyId?: number;
  readonly groupId?: number;
  readonly userId?: number;
}

/** ValueStreamAnalyticsStage, as a program gets it. */
export interface ValueStreamAnalyticsStage {
  readonly custom?: boolean;
  readonly endEventIdentifier: string;
  readonly endEventLabelId: string;
  readonly hidden?: boolean;
  readonly id: string;
  readonly name: string;
  readonly startEventIdentifier: string;
  readonly startEventLabelId: string;
}

/** GetGroupDefaultBranchProtectionDefault, as a program gets it. */
export interface GetGroupDefaultBranchProtectionDefault {
  readonly allowForcePush: boolean;
  readonly allowedToMerges: GetGroupDefaultBranchProtectionDefaultAllowedToMerge[];
  readonly allowedToPushes: GetGroupDefaultBranchProtectionDefaultAllowedToPush[];
  readonly codeOwnerApprovalRequired: boolean;
  readonly developerCanInitialPush: boolean;
}

/** GetGroupDefaultBranchProtectionDefaultAllowedToMerge, as a program gets it. */
export interface GetGroupDefaultBranchProtectionDefaultAllowedToMerge {
  readonly accessLevel: number;
}

/** GetGroupDefaultBranchProtectionDefaultAllowedToPush, as a program gets it. */
export interface GetGroupDefaultBranchProtectionDefaultAllowedToPush {
  readonly accessLevel: number;
}

/** GetGroupPushRule, as a program gets it. */
export interface GetGroupPushRule {
  readonly authorEmailRegex: string;
  readonly branchNameRegex: string;
  readonly commitCommitterCheck: boolean;
  readonly commitCommitterNameCheck: boolean;
  readonly commitMessageNegativeRegex: string;
  readonly commitMessageRegex: string;
  readonly denyDeleteTag: boolean;
  readonly fileNameRegex: string;
  readonly maxFileSize: number;
  readonly memberCheck: boolean;
  readonly preventSecrets: boolean;
  readonly rejectNonDcoCommits: boolean;
  readonly rejectUnsignedCommits: boolean;
}

/** GetGroupSharedWithGroup, as a program gets it. */
export interface GetGroupSharedWithGroup {
  readonly expiresAt: string;
  readonly groupAccessLevel: number;
  readonly groupFullPath: string;
  readonly groupId: number;
  readonly groupName: string;
}

/** GetProjectContainerExpirationPolicy, as a program gets it. */
export interface GetProjectContainerExpirationPolicy {
  readonly cadence: string;
  readonly enabled: boolean;
  readonly keepN: number;
  readonly nameRegexDelete: string;
  readonly nameRegexKeep: string;
  readonly nextRunAt: string;
  readonly olderThan: string;
}

/** GetProjectForkedFromProject, as a program gets it. */
export interface GetProjectForkedFromProject {
  readonly httpUrlToRepo: string;
  readonly id: number;
  readonly name: string;
  readonly nameWithNamespace: string;
  readonly path: string;
  readonly pathWithNamespace: string;
  readonly webUrl: string;
}

/** GetProjectLicense, as a program gets it. */
export interface GetProjectLicense {
  readonly htmlUrl: string;
  readonly key: string;
  readonly name: string;
  readonly nickname: string;
  readonly sourceUrl: string;
}

/** GetProjectNamespace, as a program gets it. */
export interface GetProjectNamespace {
  readonly fullPath: string;
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}

/** GetProjectOwner, as a program gets it. */
export interface GetProjectOwner {
  readonly avatarUrl: string;
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly username: string;
  readonly websiteUrl: string;
}

/** GetProjectPermission, as a program gets it. */
export interface GetProjectPermission {
  readonly groupAccess: Record<string, number>;
  readonly projectAccess: Record<string, number>;
}

/** GetProjectPushRule, as a program gets it. */
export interface GetProjectPushRule {
  readonly authorEmailRegex: string;
  readonly branchNameRegex: string;
  readonly commitCommitterCheck: boolean;
  readonly commitCommitterNameCheck: boolean;
  readonly commitMessageNegativeRegex: string;
  readonly commitMessageRegex: string;
  readonly denyDeleteTag: boolean;
  readonly fileNameRegex: string;
  readonly maxFileSize: number;
  readonly memberCheck: boolean;
  readonly preventSecrets: boolean;
  readonly rejectNonDcoCommits: boolean;
  readonly rejectUnsignedCommits: boolean;
}

/** GetProjectSharedWithGroup, as a program gets it. */
export interface GetProjectSharedWithGroup {
  readonly groupAccessLevel: number;
  /** @deprecated The provider means to drop it. */
  readonly groupAccessLevelName: string;
  readonly groupFullPath: string;
  readonly groupId: number;
  readonly groupName: string;
}
