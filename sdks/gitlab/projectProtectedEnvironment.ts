// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a ProjectProtectedEnvironment. */
export interface ProjectProtectedEnvironmentArgs {
  readonly approvalRules?: pulumi.Input<
    pulumi.Input<inputs.ProjectProtectedEnvironmentApprovalRule>[] | undefined
  >;
  readonly deployAccessLevelsAttributes?: pulumi.Input<
    pulumi.Input<inputs.ProjectProtectedEnvironmentDeployAccessLevelsAttribute>[] | undefined
  >;
  readonly environment: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
}

/** What may be known of a ProjectProtectedEnvironment that exists. */
export interface ProjectProtectedEnvironmentState extends Partial<ProjectProtectedEnvironmentArgs> {}

const shape = {
  inputs: ["approvalRules", "deployAccessLevelsAttributes", "environment", "project"],
  required: ["environment", "project"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource ProjectProtectedEnvironment of GitLab. */
export class ProjectProtectedEnvironment extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectProtectedEnvironment:ProjectProtectedEnvironment";
  declare readonly approvalRules: pulumi.Output<outputs.ProjectProtectedEnvironmentApprovalRule[]>;
  declare readonly deployAccessLevelsAttributes: pulumi.Output<
    outputs.ProjectProtectedEnvironmentDeployAccessLevelsAttribute[] | undefined
  >;
  declare readonly environment: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;

  constructor(name: string, args: ProjectProtectedEnvironmentArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectProtectedEnvironment.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectProtectedEnvironment that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectProtectedEnvironmentState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectProtectedEnvironment(name, state as ProjectProtectedEnvironmentArgs, { ...opts, id });
  }

  /** Whether this is a ProjectProtectedEnvironment, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectProtectedEnvironment {
    return Object(obj).__pulumiType === ProjectProtectedEnvironment.__pulumiType;
  }
}

registerResource(
  ProjectProtectedEnvironment.__pulumiType,
  shape,
  (name, urn) => new ProjectProtectedEnvironment(name, {} as ProjectProtectedEnvironmentArgs, { urn }),
);
