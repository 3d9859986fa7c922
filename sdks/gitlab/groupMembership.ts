// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a GroupMembership. */
export interface GroupMembershipArgs {
  readonly accessLevel: pulumi.Input<string>;
  readonly expiresAt?: pulumi.Input<string | undefined>;
  readonly groupId: pulumi.Input<number>;
  readonly memberRoleId?: pulumi.Input<number | undefined>;
  readonly skipSubresourcesOnDestroy?: pulumi.Input<boolean | undefined>;
  readonly unassignIssuablesOnDestroy?: pulumi.Input<boolean | undefined>;
  readonly userId: pulumi.Input<number>;
}

/** What may be known of a GroupMembership that exists. */
export interface GroupMembershipState extends Partial<GroupMembershipArgs> {}

const shape = {
  inputs: [
    "accessLevel",
    "expiresAt",
    "groupId",
    "memberRoleId",
    "skipSubresourcesOnDestroy",
    "unassignIssuablesOnDestroy",
    "userId",
  ],
  required: ["accessLevel", "groupId", "userId"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource GroupMembership of GitLab. */
export class GroupMembership extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/groupMembership:GroupMembership";
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly groupId: pulumi.Output<number>;
  declare readonly memberRoleId: pulumi.Output<number | undefined>;
  declare readonly skipSubresourcesOnDestroy: pulumi.Output<boolean>;
  declare readonly unassignIssuablesOnDestroy: pulumi.Output<boolean>;
  declare readonly userId: pulumi.Output<number>;

  constructor(name: string, args: GroupMembershipArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      GroupMembership.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A GroupMembership that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: GroupMembershipState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new GroupMembership(name, state as GroupMembershipArgs, { ...opts, id });
  }

  /** Whether this is a GroupMembership, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is GroupMembership {
    return Object(obj).__pulumiType === GroupMembership.__pulumiType;
  }
}

registerResource(
  GroupMembership.__pulumiType,
  shape,
  (name, urn) => new GroupMembership(name, {} as GroupMembershipArgs, { urn }),
);
