// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a ProjectHook. */
export interface ProjectHookArgs {
  readonly branchFilterStrategy?: pulumi.Input<string | undefined>;
  readonly confidentialIssuesEvents?: pulumi.Input<boolean | undefined>;
  readonly confidentialNoteEvents?: pulumi.Input<boolean | undefined>;
  /** Secret. */
  readonly customHeaders?: pulumi.Input<pulumi.Input<inputs.ProjectHookCustomHeader>[] | undefined>;
  readonly customWebhookTemplate?: pulumi.Input<string | undefined>;
  readonly deploymentEvents?: pulumi.Input<boolean | undefined>;
  readonly description?: pulumi.Input<string | undefined>;
  readonly emojiEvents?: pulumi.Input<boolean | undefined>;
  readonly enableSslVerification?: pulumi.Input<boolean | undefined>;
  readonly featureFlagEvents?: pulumi.Input<boolean | undefined>;
  readonly issuesEvents?: pulumi.Input<boolean | undefined>;
  readonly jobEvents?: pulumi.Input<boolean | undefined>;
  readonly mergeRequestsEvents?: pulumi.Input<boolean | undefined>;
  readonly milestoneEvents?: pulumi.Input<boolean | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly noteEvents?: pulumi.Input<boolean | undefined>;
  readonly pipelineEvents?: pulumi.Input<boolean | undefined>;
  readonly project: pulumi.Input<string>;
  readonly pushEvents?: pulumi.Input<boolean | undefined>;
  readonly pushEventsBranchFilter?: pulumi.Input<string | undefined>;
  readonly releasesEvents?: pulumi.Input<boolean | undefined>;
  readonly resourceAccessTokenEvents?: pulumi.Input<boolean | undefined>;
  readonly resourceDeployTokenEvents?: pulumi.Input<boolean | undefined>;
  /** Secret. */
  readonly signingToken?: pulumi.Input<string | undefined>;
  readonly tagPushEvents?: pulumi.Input<boolean | undefined>;
  /** Secret. */
  readonly token?: pulumi.Input<string | undefined>;
  readonly url: pulumi.Input<string>;
  /** Secret. */
  readonly urlVariables?: pulumi.Input<pulumi.Input<inputs.ProjectHookUrlVariable>[] | undefined>;
  readonly vulnerabilityEvents?: pulumi.Input<boolean | undefined>;
  readonly wikiPageEvents?: pulumi.Input<boolean | undefined>;
}

/** What may be known of a ProjectHook that exists. */
export interface ProjectHookState extends Partial<ProjectHookArgs> {
  readonly alertStatus?: pulumi.Input<string | undefined>;
  readonly disabledUntil?: pulumi.Input<string | undefined>;
  readonly hookId?: pulumi.Input<number | undefined>;
  readonly projectId?: pulumi.Input<number | undefined>;
  readonly repositoryUpdateEvents?: pulumi.Input<boolean | undefined>;
  readonly signingTokenPresent?: pulumi.Input<boolean | undefined>;
}

const shape = {
  inputs: [
    "branchFilterStrategy",
    "confidentialIssuesEvents",
    "confidentialNoteEvents",
    "customHeaders",
    "customWebhookTemplate",
    "deploymentEvents",
    "description",
    "emojiEvents",
    "enableSslVerification",
    "featureFlagEvents",
    "issuesEvents",
    "jobEvents",
    "mergeRequestsEvents",
    "milestoneEvents",
    "name",
    "noteEvents",
    "pipelineEvents",
    "project",
    "pushEvents",
    "pushEventsBranchFilter",
    "releasesEvents",
    "resourceAccessTokenEvents",
    "resourceDeployTokenEvents",
    "signingToken",
    "tagPushEvents",
    "token",
    "url",
    "urlVariables",
    "vulnerabilityEvents",
    "wikiPageEvents",
  ],
  required: ["project", "url"],
  computed: [
    "alertStatus",
    "disabledUntil",
    "hookId",
    "projectId",
    "repositoryUpdateEvents",
    "signingTokenPresent",
  ],
  secrets: ["customHeaders", "signingToken", "token", "urlVariables"],
  replaces: [],
};

/** The resource ProjectHook of GitLab. */
export class ProjectHook extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectHook:ProjectHook";
  declare readonly alertStatus: pulumi.Output<string>;
  declare readonly branchFilterStrategy: pulumi.Output<string>;
  declare readonly confidentialIssuesEvents: pulumi.Output<boolean>;
  declare readonly confidentialNoteEvents: pulumi.Output<boolean>;
  declare readonly customHeaders: pulumi.Output<outputs.ProjectHookCustomHeader[] | undefined>;
  declare readonly customWebhookTemplate: pulumi.Output<string>;
  declare readonly deploymentEvents: pulumi.Output<boolean>;
  declare readonly description: pulumi.Output<string>;
  declare readonly disabledUntil: pulumi.Output<string>;
  declare readonly emojiEvents: pulumi.Output<boolean>;
  declare readonly enableSslVerification: pulumi.Output<boolean>;
  declare readonly featureFlagEvents: pulumi.Output<boolean>;
  declare readonly hookId: pulumi.Output<number>;
  declare readonly issuesEvents: pulumi.Output<boolean>;
  declare readonly jobEvents: pulumi.Output<boolean>;
  declare readonly mergeRequestsEvents: pulumi.Output<boolean>;
  declare readonly milestoneEvents: pulumi.Output<boolean>;
  declare readonly name: pulumi.Output<string>;
  declare readonly noteEvents: pulumi.Output<boolean>;
  declare readonly pipelineEvents: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly projectId: pulumi.Output<number>;
  declare readonly pushEvents: pulumi.Output<boolean>;
  declare readonly pushEventsBranchFilter: pulumi.Output<string>;
  declare readonly releasesEvents: pulumi.Output<boolean>;
  declare readonly repositoryUpdateEvents: pulumi.Output<boolean>;
  declare readonly resourceAccessTokenEvents: pulumi.Output<boolean>;
  declare readonly resourceDeployTokenEvents: pulumi.Output<boolean>;
  declare readonly signingToken: pulumi.Output<string | undefined>;
  declare readonly signingTokenPresent: pulumi.Output<boolean>;
  declare readonly tagPushEvents: pulumi.Output<boolean>;
  declare readonly token: pulumi.Output<string>;
  declare readonly url: pulumi.Output<string>;
  declare readonly urlVariables: pulumi.Output<outputs.ProjectHookUrlVariable[] | undefined>;
  declare readonly vulnerabilityEvents: pulumi.Output<boolean>;
  declare readonly wikiPageEvents: pulumi.Output<boolean>;

  constructor(name: string, args: ProjectHookArgs, opts?: pulumi.CustomResourceOptions) {
    super(ProjectHook.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A ProjectHook that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectHookState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectHook(name, state as ProjectHookArgs, { ...opts, id });
  }

  /** Whether this is a ProjectHook, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectHook {
    return Object(obj).__pulumiType === ProjectHook.__pulumiType;
  }
}

registerResource(
  ProjectHook.__pulumiType,
  shape,
  (name, urn) => new ProjectHook(name, {} as ProjectHookArgs, { urn }),
);
