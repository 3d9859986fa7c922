// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a GroupAccessToken. */
export interface GroupAccessTokenArgs {
  readonly accessLevel?: pulumi.Input<string | undefined>;
  readonly description?: pulumi.Input<string | undefined>;
  readonly expiresAt?: pulumi.Input<string | undefined>;
  readonly group: pulumi.Input<string>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly rotationConfiguration?: pulumi.Input<inputs.GroupAccessTokenRotationConfiguration | undefined>;
  readonly scopes: pulumi.Input<pulumi.Input<string>[]>;
  readonly validatePastExpirationDate?: pulumi.Input<boolean | undefined>;
}

/** What may be known of a GroupAccessToken that exists. */
export interface GroupAccessTokenState extends Partial<GroupAccessTokenArgs> {
  readonly active?: pulumi.Input<boolean | undefined>;
  readonly createdAt?: pulumi.Input<string | undefined>;
  readonly revoked?: pulumi.Input<boolean | undefined>;
  /** Secret. */
  readonly token?: pulumi.Input<string | undefined>;
  readonly userId?: pulumi.Input<number | undefined>;
}

const shape = {
  inputs: [
    "accessLevel",
    "description",
    "expiresAt",
    "group",
    "name",
    "rotationConfiguration",
    "scopes",
    "validatePastExpirationDate",
  ],
  required: ["group", "scopes"],
  computed: ["active", "createdAt", "revoked", "token", "userId"],
  secrets: ["token"],
  replaces: [],
};

/** The resource GroupAccessToken of GitLab. */
export class GroupAccessToken extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/groupAccessToken:GroupAccessToken";
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly active: pulumi.Output<boolean>;
  declare readonly createdAt: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly group: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly revoked: pulumi.Output<boolean>;
  declare readonly rotationConfiguration: pulumi.Output<
    outputs.GroupAccessTokenRotationConfiguration | undefined
  >;
  declare readonly scopes: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly userId: pulumi.Output<number>;
  declare readonly validatePastExpirationDate: pulumi.Output<boolean>;

  constructor(name: string, args: GroupAccessTokenArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      GroupAccessToken.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A GroupAccessToken that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: GroupAccessTokenState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new GroupAccessToken(name, state as GroupAccessTokenArgs, { ...opts, id });
  }

  /** Whether this is a GroupAccessToken, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is GroupAccessToken {
    return Object(obj).__pulumiType === GroupAccessToken.__pulumiType;
  }
}

registerResource(
  GroupAccessToken.__pulumiType,
  shape,
  (name, urn) => new GroupAccessToken(name, {} as GroupAccessTokenArgs, { urn }),
);
