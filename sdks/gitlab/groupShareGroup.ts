// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a GroupShareGroup. */
export interface GroupShareGroupArgs {
  readonly expiresAt?: pulumi.Input<string | undefined>;
  readonly groupAccess: pulumi.Input<string>;
  readonly groupId: pulumi.Input<string>;
  readonly memberRoleId?: pulumi.Input<number | undefined>;
  readonly shareGroupId: pulumi.Input<number>;
}

/** What may be known of a GroupShareGroup that exists. */
export interface GroupShareGroupState extends Partial<GroupShareGroupArgs> {}

const shape = {
  inputs: ["expiresAt", "groupAccess", "groupId", "memberRoleId", "shareGroupId"],
  required: ["groupAccess", "groupId", "shareGroupId"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource GroupShareGroup of GitLab. */
export class GroupShareGroup extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/groupShareGroup:GroupShareGroup";
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly groupAccess: pulumi.Output<string>;
  declare readonly groupId: pulumi.Output<string>;
  declare readonly memberRoleId: pulumi.Output<number | undefined>;
  declare readonly shareGroupId: pulumi.Output<number>;

  constructor(name: string, args: GroupShareGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      GroupShareGroup.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A GroupShareGroup that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: GroupShareGroupState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new GroupShareGroup(name, state as GroupShareGroupArgs, { ...opts, id });
  }

  /** Whether this is a GroupShareGroup, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is GroupShareGroup {
    return Object(obj).__pulumiType === GroupShareGroup.__pulumiType;
  }
}

registerResource(
  GroupShareGroup.__pulumiType,
  shape,
  (name, urn) => new GroupShareGroup(name, {} as GroupShareGroupArgs, { urn }),
);
