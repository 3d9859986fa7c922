// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectContainerRepositoryProtection. */
export interface ProjectContainerRepositoryProtectionArgs {
  readonly minimumAccessLevelForDelete?: pulumi.Input<string | undefined>;
  readonly minimumAccessLevelForPush?: pulumi.Input<string | undefined>;
  readonly project: pulumi.Input<string>;
  readonly repositoryPathPattern: pulumi.Input<string>;
}

/** What may be known of a ProjectContainerRepositoryProtection that exists. */
export interface ProjectContainerRepositoryProtectionState
  extends Partial<ProjectContainerRepositoryProtectionArgs> {
  readonly protectionRuleId?: pulumi.Input<number | undefined>;
}

const shape = {
  inputs: ["minimumAccessLevelForDelete", "minimumAccessLevelForPush", "project", "repositoryPathPattern"],
  required: ["project", "repositoryPathPattern"],
  computed: ["protectionRuleId"],
  secrets: [],
  replaces: [],
};

/** The resource ProjectContainerRepositoryProtection of GitLab. */
export class ProjectContainerRepositoryProtection extends pulumi.CustomResource {
  static readonly __pulumiType =
    "gitlab:index/projectContainerRepositoryProtection:ProjectContainerRepositoryProtection";
  declare readonly minimumAccessLevelForDelete: pulumi.Output<string | undefined>;
  declare readonly minimumAccessLevelForPush: pulumi.Output<string | undefined>;
  declare readonly project: pulumi.Output<string>;
  declare readonly protectionRuleId: pulumi.Output<number>;
  declare readonly repositoryPathPattern: pulumi.Output<string>;

  constructor(
    name: string,
    args: ProjectContainerRepositoryProtectionArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super(
      ProjectContainerRepositoryProtection.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectContainerRepositoryProtection that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectContainerRepositoryProtectionState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectContainerRepositoryProtection(name, state as ProjectContainerRepositoryProtectionArgs, {
      ...opts,
      id,
    });
  }

  /** Whether this is a ProjectContainerRepositoryProtection, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectContainerRepositoryProtection {
    return Object(obj).__pulumiType === ProjectContainerRepositoryProtection.__pulumiType;
  }
}

registerResource(
  ProjectContainerRepositoryProtection.__pulumiType,
  shape,
  (name, urn) =>
    new ProjectContainerRepositoryProtection(name, {} as ProjectContainerRepositoryProtectionArgs, { urn }),
);
