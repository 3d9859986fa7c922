// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a Project. */
export interface ProjectArgs {
  readonly allowMergeOnSkippedPipeline?: pulumi.Input<boolean | undefined>;
  readonly allowPipelineTriggerApproveDeployment?: pulumi.Input<boolean | undefined>;
  readonly analyticsAccessLevel?: pulumi.Input<string | undefined>;
  readonly archiveOnDestroy?: pulumi.Input<boolean | undefined>;
  readonly archived?: pulumi.Input<boolean | undefined>;
  readonly autoCancelPendingPipelines?: pulumi.Input<string | undefined>;
  readonly autoDevopsDeployStrategy?: pulumi.Input<string | undefined>;
  readonly autoDevopsEnabled?: pulumi.Input<boolean | undefined>;
  readonly autoDuoCodeReviewEnabled?: pulumi.Input<boolean | undefined>;
  readonly autocloseReferencedIssues?: pulumi.Input<boolean | undefined>;
  readonly avatar?: pulumi.Input<string | undefined>;
  readonly avatarHash?: pulumi.Input<string | undefined>;
  readonly branches?: pulumi.Input<string | undefined>;
  readonly buildGitStrategy?: pulumi.Input<string | undefined>;
  readonly buildTimeout?: pulumi.Input<number | undefined>;
  readonly buildsAccessLevel?: pulumi.Input<string | undefined>;
  readonly ciConfigPath?: pulumi.Input<string | undefined>;
  readonly ciDefaultGitDepth?: pulumi.Input<number | undefined>;
  readonly ciDeletePipelinesInSeconds?: pulumi.Input<number | undefined>;
  readonly ciDisplayPipelineVariables?: pulumi.Input<boolean | undefined>;
  readonly ciForwardDeploymentEnabled?: pulumi.Input<boolean | undefined>;
  readonly ciForwardDeploymentRollbackAllowed?: pulumi.Input<boolean | undefined>;
  readonly ciIdTokenSubClaimComponents?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  readonly ciPipelineVariablesMinimumOverrideRole?: pulumi.Input<string | undefined>;
  readonly ciPushRepositoryForJobTokenAllowed?: pulumi.Input<boolean | undefined>;
  readonly ciRestrictPipelineCancellationRole?: pulumi.Input<string | undefined>;
  readonly ciSeparatedCaches?: pulumi.Input<boolean | undefined>;
  readonly containerExpirationPolicy?: pulumi.Input<inputs.ProjectContainerExpirationPolicy | undefined>;
  readonly containerRegistryAccessLevel?: pulumi.Input<string | undefined>;
  readonly defaultBranch?: pulumi.Input<string | undefined>;
  readonly description?: pulumi.Input<string | undefined>;
  readonly emailsEnabled?: pulumi.Input<boolean | undefined>;
  readonly environmentsAccessLevel?: pulumi.Input<string | undefined>;
  readonly externalAuthorizationClassificationLabel?: pulumi.Input<string | undefined>;
  readonly featureFlagsAccessLevel?: pulumi.Input<string | undefined>;
  readonly forkedFromProjectId?: pulumi.Input<number | undefined>;
  readonly forkingAccessLevel?: pulumi.Input<string | undefined>;
  readonly groupRunnersEnabled?: pulumi.Input<boolean | undefined>;
  readonly groupWithProjectTemplatesId?: pulumi.Input<number | undefined>;
  readonly importUrl?: pulumi.Input<string | undefined>;
  /** Secret. */
  readonly importUrlPassword?: pulumi.Input<string | undefined>;
  readonly importUrlUsername?: pulumi.Input<string | undefined>;
  readonly infrastructureAccessLevel?: pulumi.Input<string | undefined>;
  readonly initializeWithReadme?: pulumi.Input<boolean | undefined>;
  readonly issueBranchTemplate?: pulumi.Input<string | undefined>;
  readonly issuesAccessLevel?: pulumi.Input<string | undefined>;
  readonly issuesTemplate?: pulumi.Input<string | undefined>;
  readonly keepLatestArtifact?: pulumi.Input<boolean | undefined>;
  readonly lfsEnabled?: pulumi.Input<boolean | undefined>;
  readonly maxArtifactsSize?: pulumi.Input<number | undefined>;
  readonly mergeCommitTemplate?: pulumi.Input<string | undefined>;
  readonly mergeMethod?: pulumi.Input<string | undefined>;
  readonly mergePipelinesEnabled?: pulumi.Input<boolean | undefined>;
  readonly mergeRequestTitleRegex?: pulumi.Input<string | undefined>;
  readonly mergeRequestTitleRegexDescription?: pulumi.Input<string | undefined>;
  readonly mergeRequestsAccessLevel?: pulumi.Input<string | undefined>;
  readonly mergeRequestsTemplate?: pulumi.Input<string | undefined>;
  readonly mergeTrainsEnabled?: pulumi.Input<boolean | undefined>;
  readonly mergeTrainsSkipTrainAllowed?: pulumi.Input<boolean | undefined>;
  readonly modelExperimentsAccessLevel?: pulumi.Input<string | undefined>;
  readonly modelRegistryAccessLevel?: pulumi.Input<string | undefined>;
  readonly monitorAccessLevel?: pulumi.Input<string | undefined>;
  readonly mrDefaultTargetSelf?: pulumi.Input<boolean | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly namespaceId?: pulumi.Input<number | undefined>;
  readonly onlyAllowMergeIfAllDiscussionsAreResolved?: pulumi.Input<boolean | undefined>;
  readonly onlyAllowMergeIfPipelineSucceeds?: pulumi.Input<boolean | undefined>;
  readonly packageRegistryAccessLevel?: pulumi.Input<string | undefined>;
  readonly packagesEnabled?: pulumi.Input<boolean | undefined>;
  readonly pagesAccessLevel?: pulumi.Input<string | undefined>;
  readonly path?: pulumi.Input<string | undefined>;
  readonly permanentlyDeleteOnDestroy?: pulumi.Input<boolean | undefined>;
  readonly preReceiveSecretDetectionEnabled?: pulumi.Input<boolean | undefined>;
  readonly preventMergeWithoutJiraIssue?: pulumi.Input<boolean | undefined>;
  readonly printingMergeRequestLinkEnabled?: pulumi.Input<boolean | undefined>;
  readonly protectMergeRequestPipelines?: pulumi.Input<boolean | undefined>;
  /** @deprecated The provider means to drop it. */
  readonly publicBuilds?: pulumi.Input<boolean | undefined>;
  readonly publicJobs?: pulumi.Input<boolean | undefined>;
  readonly pushRules?: pulumi.Input<inputs.ProjectPushRules | undefined>;
  readonly releasesAccessLevel?: pulumi.Input<string | undefined>;
  readonly removeSourceBranchAfterMerge?: pulumi.Input<boolean | undefined>;
  readonly repositoryAccessLevel?: pulumi.Input<string | undefined>;
  readonly repositoryStorage?: pulumi.Input<string | undefined>;
  readonly requestAccessEnabled?: pulumi.Input<boolean | undefined>;
  readonly requirementsAccessLevel?: pulumi.Input<string | undefined>;
  readonly resolveOutdatedDiffDiscussions?: pulumi.Input<boolean | undefined>;
  readonly resourceGroupDefaultProcessMode?: pulumi.Input<string | undefined>;
  readonly securityAndComplianceAccessLevel?: pulumi.Input<string | undefined>;
  readonly sharedRunnersEnabled?: pulumi.Input<boolean | undefined>;
  readonly skipWaitForDefaultBranchProtection?: pulumi.Input<boolean | undefined>;
  readonly snippetsAccessLevel?: pulumi.Input<string | undefined>;
  readonly squashCommitTemplate?: pulumi.Input<string | undefined>;
  readonly squashOption?: pulumi.Input<string | undefined>;
  readonly suggestionCommitMessage?: pulumi.Input<string | undefined>;
  /** A change makes a new resource. */
  readonly templateName?: pulumi.Input<string | undefined>;
  /** A change makes a new resource. */
  readonly templateProjectId?: pulumi.Input<number | undefined>;
  readonly topics?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  readonly useCustomTemplate?: pulumi.Input<boolean | undefined>;
  readonly visibilityLevel?: pulumi.Input<string | undefined>;
  readonly wikiAccessLevel?: pulumi.Input<string | undefined>;
}

/** What may be known of a Project that exists. */
export interface ProjectState extends Partial<ProjectArgs> {
  readonly avatarUrl?: pulumi.Input<string | undefined>;
  readonly emptyRepo?: pulumi.Input<boolean | undefined>;
  readonly httpUrlToRepo?: pulumi.Input<string | undefined>;
  readonly pathWithNamespace?: pulumi.Input<string | undefined>;
  /** Secret. */
  readonly runnersToken?: pulumi.Input<string | undefined>;
  readonly sshUrlToRepo?: pulumi.Input<string | undefined>;
  readonly webUrl?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: [
    "allowMergeOnSkippedPipeline",
    "allowPipelineTriggerApproveDeployment",
    "analyticsAccessLevel",
    "archiveOnDestroy",
    "archived",
    "autoCancelPendingPipelines",
    "autoDevopsDeployStrategy",
    "autoDevopsEnabled",
    "autoDuoCodeReviewEnabled",
    "autocloseReferencedIssues",
    "avatar",
    "avatarHash",
    "branches",
    "buildGitStrategy",
    "buildTimeout",
    "buildsAccessLevel",
    "ciConfigPath",
    "ciDefaultGitDepth",
    "ciDeletePipelinesInSeconds",
    "ciDisplayPipelineVariables",
    "ciForwardDeploymentEnabled",
    "ciForwardDeploymentRollbackAllowed",
    "ciIdTokenSubClaimComponents",
    "ciPipelineVariablesMinimumOverrideRole",
    "ciPushRepositoryForJobTokenAllowed",
    "ciRestrictPipelineCancellationRole",
    "ciSeparatedCaches",
    "containerExpirationPolicy",
    "containerRegistryAccessLevel",
    "defaultBranch",
    "description",
    "emailsEnabled",
    "environmentsAccessLevel",
    "externalAuthorizationClassificationLabel",
    "featureFlagsAccessLevel",
    "forkedFromProjectId",
    "forkingAccessLevel",
    "groupRunnersEnabled",
    "groupWithProjectTemplatesId",
    "importUrl",
    "importUrlPassword",
    "importUrlUsername",
    "infrastructureAccessLevel",
    "initializeWithReadme",
    "issueBranchTemplate",
    "issuesAccessLevel",
    "issuesTemplate",
    "keepLatestArtifact",
    "lfsEnabled",
    "maxArtifactsSize",
    "mergeCommitTemplate",
    "mergeMethod",
    "mergePipelinesEnabled",
    "mergeRequestTitleRegex",
    "mergeRequestTitleRegexDescription",
    "mergeRequestsAccessLevel",
    "mergeRequestsTemplate",
    "mergeTrainsEnabled",
    "mergeTrainsSkipTrainAllowed",
    "modelExperimentsAccessLevel",
    "modelRegistryAccessLevel",
    "monitorAccessLevel",
    "mrDefaultTargetSelf",
    "name",
    "namespaceId",
    "onlyAllowMergeIfAllDiscussionsAreResolved",
    "onlyAllowMergeIfPipelineSucceeds",
    "packageRegistryAccessLevel",
    "packagesEnabled",
    "pagesAccessLevel",
    "path",
    "permanentlyDeleteOnDestroy",
    "preReceiveSecretDetectionEnabled",
    "preventMergeWithoutJiraIssue",
    "printingMergeRequestLinkEnabled",
    "protectMergeRequestPipelines",
    "publicBuilds",
    "publicJobs",
    "pushRules",
    "releasesAccessLevel",
    "removeSourceBranchAfterMerge",
    "repositoryAccessLevel",
    "repositoryStorage",
    "requestAccessEnabled",
    "requirementsAccessLevel",
    "resolveOutdatedDiffDiscussions",
    "resourceGroupDefaultProcessMode",
    "securityAndComplianceAccessLevel",
    "sharedRunnersEnabled",
    "skipWaitForDefaultBranchProtection",
    "snippetsAccessLevel",
    "squashCommitTemplate",
    "squashOption",
    "suggestionCommitMessage",
    "templateName",
    "templateProjectId",
    "topics",
    "useCustomTemplate",
    "visibilityLevel",
    "wikiAccessLevel",
  ],
  required: [],
  computed: [
    "avatarUrl",
    "emptyRepo",
    "httpUrlToRepo",
    "pathWithNamespace",
    "runnersToken",
    "sshUrlToRepo",
    "webUrl",
  ],
  secrets: ["importUrlPassword", "runnersToken"],
  replaces: ["templateName", "templateProjectId"],
};

/** The resource Project of GitLab. */
export class Project extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/project:Project";
  declare readonly allowMergeOnSkippedPipeline: pulumi.Output<boolean>;
  declare readonly allowPipelineTriggerApproveDeployment: pulumi.Output<boolean>;
  declare readonly analyticsAccessLevel: pulumi.Output<string>;
  declare readonly archiveOnDestroy: pulumi.Output<boolean | undefined>;
  declare readonly archived: pulumi.Output<boolean | undefined>;
  declare readonly autoCancelPendingPipelines: pulumi.Output<string>;
  declare readonly autoDevopsDeployStrategy: pulumi.Output<string>;
  declare readonly autoDevopsEnabled: pulumi.Output<boolean>;
  declare readonly autoDuoCodeReviewEnabled: pulumi.Output<boolean>;
  declare readonly autocloseReferencedIssues: pulumi.Output<boolean>;
  declare readonly avatar: pulumi.Output<string | undefined>;
  declare readonly avatarHash: pulumi.Output<string>;
  declare readonly avatarUrl: pulumi.Output<string>;
  declare readonly branches: pulumi.Output<string | undefined>;
  declare readonly buildGitStrategy: pulumi.Output<string>;
  declare readonly buildTimeout: pulumi.Output<number>;
  declare readonly buildsAccessLevel: pulumi.Output<string>;
  declare readonly ciConfigPath: pulumi.Output<string | undefined>;
  declare readonly ciDefaultGitDepth: pulumi.Output<number>;
  declare readonly ciDeletePipelinesInSeconds: pulumi.Output<number>;
  declare readonly ciDisplayPipelineVariables: pulumi.Output<boolean>;
  declare readonly ciForwardDeploymentEnabled: pulumi.Output<boolean>;
  declare readonly ciForwardDeploymentRollbackAllowed: pulumi.Output<boolean>;
  declare readonly ciIdTokenSubClaimComponents: pulumi.Output<string[]>;
  declare readonly ciPipelineVariablesMinimumOverrideRole: pulumi.Output<string>;
  declare readonly ciPushRepositoryForJobTokenAllowed: pulumi.Output<boolean>;
  declare readonly ciRestrictPipelineCancellationRole: pulumi.Output<string>;
  declare readonly ciSeparatedCaches: pulumi.Output<boolean>;
  declare readonly containerExpirationPolicy: pulumi.Output<outputs.ProjectContainerExpirationPolicy>;
  declare readonly containerRegistryAccessLevel: pulumi.Output<string>;
  declare readonly defaultBranch: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly emailsEnabled: pulumi.Output<boolean>;
  declare readonly emptyRepo: pulumi.Output<boolean>;
  declare readonly environmentsAccessLevel: pulumi.Output<string>;
  declare readonly externalAuthorizationClassificationLabel: pulumi.Output<string | undefined>;
  declare readonly featureFlagsAccessLevel: pulumi.Output<string>;
  declare readonly forkedFromProjectId: pulumi.Output<number | undefined>;
  declare readonly forkingAccessLevel: pulumi.Output<string>;
  declare readonly groupRunnersEnabled: pulumi.Output<boolean>;
  declare readonly groupWithProjectTemplatesId: pulumi.Output<number | undefined>;
  declare readonly httpUrlToRepo: pulumi.Output<string>;
  declare readonly importUrl: pulumi.Output<string>;
  declare readonly importUrlPassword: pulumi.Output<string | undefined>;
  declare readonly importUrlUsername: pulumi.Output<string | undefined>;
  declare readonly infrastructureAccessLevel: pulumi.Output<string>;
  declare readonly initializeWithReadme: pulumi.Output<boolean | undefined>;
  declare readonly issueBranchTemplate: pulumi.Output<string | undefined>;
  declare readonly issuesAccessLevel: pulumi.Output<string>;
  declare readonly issuesTemplate: pulumi.Output<string | undefined>;
  declare readonly keepLatestArtifact: pulumi.Output<boolean>;
  declare readonly lfsEnabled: pulumi.Output<boolean>;
  declare readonly maxArtifactsSize: pulumi.Output<number>;
  declare readonly mergeCommitTemplate: pulumi.Output<string | undefined>;
  declare readonly mergeMethod: pulumi.Output<string>;
  declare readonly mergePipelinesEnabled: pulumi.Output<boolean>;
  declare readonly mergeRequestTitleRegex: pulumi.Output<string>;
  declare readonly mergeRequestTitleRegexDescription: pulumi.Output<string>;
  declare readonly mergeRequestsAccessLevel: pulumi.Output<string>;
  declare readonly mergeRequestsTemplate: pulumi.Output<string | undefined>;
  declare readonly mergeTrainsEnabled: pulumi.Output<boolean>;
  declare readonly mergeTrainsSkipTrainAllowed: pulumi.Output<boolean>;
  declare readonly modelExperimentsAccessLevel: pulumi.Output<string>;
  declare readonly modelRegistryAccessLevel: pulumi.Output<string>;
  declare readonly monitorAccessLevel: pulumi.Output<string>;
  declare readonly mrDefaultTargetSelf: pulumi.Output<boolean | undefined>;
  declare readonly name: pulumi.Output<string>;
  declare readonly namespaceId: pulumi.Output<number>;
  declare readonly onlyAllowMergeIfAllDiscussionsAreResolved: pulumi.Output<boolean>;
  declare readonly onlyAllowMergeIfPipelineSucceeds: pulumi.Output<boolean>;
  declare readonly packageRegistryAccessLevel: pulumi.Output<string>;
  declare readonly packagesEnabled: pulumi.Output<boolean>;
  declare readonly pagesAccessLevel: pulumi.Output<string>;
  declare readonly path: pulumi.Output<string | undefined>;
  declare readonly pathWithNamespace: pulumi.Output<string>;
  declare readonly permanentlyDeleteOnDestroy: pulumi.Output<boolean | undefined>;
  declare readonly preReceiveSecretDetectionEnabled: pulumi.Output<boolean>;
  declare readonly preventMergeWithoutJiraIssue: pulumi.Output<boolean>;
  declare readonly printingMergeRequestLinkEnabled: pulumi.Output<boolean>;
  declare readonly protectMergeRequestPipelines: pulumi.Output<boolean>;
  /** @deprecated The provider means to drop it. */
  declare readonly publicBuilds: pulumi.Output<boolean>;
  declare readonly publicJobs: pulumi.Output<boolean>;
  declare readonly pushRules: pulumi.Output<outputs.ProjectPushRules>;
  declare readonly releasesAccessLevel: pulumi.Output<string>;
  declare readonly removeSourceBranchAfterMerge: pulumi.Output<boolean>;
  declare readonly repositoryAccessLevel: pulumi.Output<string>;
  declare readonly repositoryStorage: pulumi.Output<string>;
  declare readonly requestAccessEnabled: pulumi.Output<boolean>;
  declare readonly requirementsAccessLevel: pulumi.Output<string>;
  declare readonly resolveOutdatedDiffDiscussions: pulumi.Output<boolean | undefined>;
  declare readonly resourceGroupDefaultProcessMode: pulumi.Output<string>;
  declare readonly runnersToken: pulumi.Output<string>;
  declare readonly securityAndComplianceAccessLevel: pulumi.Output<string>;
  declare readonly sharedRunnersEnabled: pulumi.Output<boolean>;
  declare readonly skipWaitForDefaultBranchProtection: pulumi.Output<boolean | undefined>;
  declare readonly snippetsAccessLevel: pulumi.Output<string>;
  declare readonly squashCommitTemplate: pulumi.Output<string | undefined>;
  declare readonly squashOption: pulumi.Output<string>;
  declare readonly sshUrlToRepo: pulumi.Output<string>;
  declare readonly suggestionCommitMessage: pulumi.Output<string | undefined>;
  declare readonly templateName: pulumi.Output<string | undefined>;
  declare readonly templateProjectId: pulumi.Output<number | undefined>;
  declare readonly topics: pulumi.Output<string[]>;
  declare readonly useCustomTemplate: pulumi.Output<boolean | undefined>;
  declare readonly visibilityLevel: pulumi.Output<string>;
  declare readonly webUrl: pulumi.Output<string>;
  declare readonly wikiAccessLevel: pulumi.Output<string>;

  constructor(name: string, args?: ProjectArgs, opts?: pulumi.CustomResourceOptions) {
    super(Project.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A Project that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new Project(name, state as ProjectArgs, { ...opts, id });
  }

  /** Whether this is a Project, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is Project {
    return Object(obj).__pulumiType === Project.__pulumiType;
  }
}

registerResource(Project.__pulumiType, shape, (name, urn) => new Project(name, {} as ProjectArgs, { urn }));
