// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectMembership. */
export interface ProjectMembershipArgs {
  readonly accessLevel: pulumi.Input<string>;
  readonly expiresAt?: pulumi.Input<string | undefined>;
  readonly memberRoleId?: pulumi.Input<number | undefined>;
  /** A change makes a new resource. */
  readonly project: pulumi.Input<string>;
  /** A change makes a new resource. */
  readonly userId: pulumi.Input<number>;
}

/** What may be known of a ProjectMembership that exists. */
export interface ProjectMembershipState extends Partial<ProjectMembershipArgs> {}

const shape = {
  inputs: ["accessLevel", "expiresAt", "memberRoleId", "project", "userId"],
  required: ["accessLevel", "project", "userId"],
  computed: [],
  secrets: [],
  replaces: ["project", "userId"],
};

/** The resource ProjectMembership of GitLab. */
export class ProjectMembership extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectMembership:ProjectMembership";
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly memberRoleId: pulumi.Output<number | undefined>;
  declare readonly project: pulumi.Output<string>;
  declare readonly userId: pulumi.Output<number>;

  constructor(name: string, args: ProjectMembershipArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectMembership.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectMembership that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectMembershipState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectMembership(name, state as ProjectMembershipArgs, { ...opts, id });
  }

  /** Whether this is a ProjectMembership, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectMembership {
    return Object(obj).__pulumiType === ProjectMembership.__pulumiType;
  }
}

registerResource(
  ProjectMembership.__pulumiType,
  shape,
  (name, urn) => new ProjectMembership(name, {} as ProjectMembershipArgs, { urn }),
);
