// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectLevelMrApprovals. */
export interface ProjectLevelMrApprovalsArgs {
  readonly disableOverridingApproversPerMergeRequest?: pulumi.Input<boolean | undefined>;
  readonly mergeRequestsAuthorApproval?: pulumi.Input<boolean | undefined>;
  readonly mergeRequestsDisableCommittersApproval?: pulumi.Input<boolean | undefined>;
  readonly project: pulumi.Input<string>;
  /** @deprecated The provider means to drop it. */
  readonly requirePasswordToApprove?: pulumi.Input<boolean | undefined>;
  readonly requireReauthenticationToApprove?: pulumi.Input<boolean | undefined>;
  readonly resetApprovalsOnPush?: pulumi.Input<boolean | undefined>;
  readonly selectiveCodeOwnerRemovals?: pulumi.Input<boolean | undefined>;
}

/** What may be known of a ProjectLevelMrApprovals that exists. */
export interface ProjectLevelMrApprovalsState extends Partial<ProjectLevelMrApprovalsArgs> {}

const shape = {
  inputs: [
    "disableOverridingApproversPerMergeRequest",
    "mergeRequestsAuthorApproval",
    "mergeRequestsDisableCommittersApproval",
    "project",
    "requirePasswordToApprove",
    "requireReauthenticationToApprove",
    "resetApprovalsOnPush",
    "selectiveCodeOwnerRemovals",
  ],
  required: ["project"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource ProjectLevelMrApprovals of GitLab. */
export class ProjectLevelMrApprovals extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectLevelMrApprovals:ProjectLevelMrApprovals";
  declare readonly disableOverridingApproversPerMergeRequest: pulumi.Output<boolean>;
  declare readonly mergeRequestsAuthorApproval: pulumi.Output<boolean>;
  declare readonly mergeRequestsDisableCommittersApproval: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  /** @deprecated The provider means to drop it. */
  declare readonly requirePasswordToApprove: pulumi.Output<boolean>;
  declare readonly requireReauthenticationToApprove: pulumi.Output<boolean>;
  declare readonly resetApprovalsOnPush: pulumi.Output<boolean>;
  declare readonly selectiveCodeOwnerRemovals: pulumi.Output<boolean>;

  constructor(name: string, args: ProjectLevelMrApprovalsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectLevelMrApprovals.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectLevelMrApprovals that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectLevelMrApprovalsState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectLevelMrApprovals(name, state as ProjectLevelMrApprovalsArgs, { ...opts, id });
  }

  /** Whether this is a ProjectLevelMrApprovals, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectLevelMrApprovals {
    return Object(obj).__pulumiType === ProjectLevelMrApprovals.__pulumiType;
  }
}

registerResource(
  ProjectLevelMrApprovals.__pulumiType,
  shape,
  (name, urn) => new ProjectLevelMrApprovals(name, {} as ProjectLevelMrApprovalsArgs, { urn }),
);
