// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a GroupDeployToken. */
export interface GroupDeployTokenArgs {
  readonly expiresAt?: pulumi.Input<string | undefined>;
  readonly group: pulumi.Input<string>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly scopes: pulumi.Input<pulumi.Input<string>[]>;
  readonly username?: pulumi.Input<string | undefined>;
  readonly validatePastExpirationDate?: pulumi.Input<boolean | undefined>;
}

/** What may be known of a GroupDeployToken that exists. */
export interface GroupDeployTokenState extends Partial<GroupDeployTokenArgs> {
  readonly expired?: pulumi.Input<boolean | undefined>;
  readonly revoked?: pulumi.Input<boolean | undefined>;
  /** Secret. */
  readonly token?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: ["expiresAt", "group", "name", "scopes", "username", "validatePastExpirationDate"],
  required: ["group", "scopes"],
  computed: ["expired", "revoked", "token"],
  secrets: ["token"],
  replaces: [],
};

/** The resource GroupDeployToken of GitLab. */
export class GroupDeployToken extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/groupDeployToken:GroupDeployToken";
  declare readonly expired: pulumi.Output<boolean>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly group: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly revoked: pulumi.Output<boolean>;
  declare readonly scopes: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly username: pulumi.Output<string>;
  declare readonly validatePastExpirationDate: pulumi.Output<boolean>;

  constructor(name: string, args: GroupDeployTokenArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      GroupDeployToken.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A GroupDeployToken that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: GroupDeployTokenState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new GroupDeployToken(name, state as GroupDeployTokenArgs, { ...opts, id });
  }

  /** Whether this is a GroupDeployToken, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is GroupDeployToken {
    return Object(obj).__pulumiType === GroupDeployToken.__pulumiType;
  }
}

registerResource(
  GroupDeployToken.__pulumiType,
  shape,
  (name, urn) => new GroupDeployToken(name, {} as GroupDeployTokenArgs, { urn }),
);
