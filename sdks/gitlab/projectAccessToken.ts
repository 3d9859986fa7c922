// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a ProjectAccessToken. */
export interface ProjectAccessTokenArgs {
  readonly accessLevel?: pulumi.Input<string | undefined>;
  readonly description?: pulumi.Input<string | undefined>;
  readonly expiresAt?: pulumi.Input<string | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly project: pulumi.Input<string>;
  readonly rotationConfiguration?: pulumi.Input<inputs.ProjectAccessTokenRotationConfiguration | undefined>;
  readonly scopes: pulumi.Input<pulumi.Input<string>[]>;
  readonly validatePastExpirationDate?: pulumi.Input<boolean | undefined>;
}

/** What may be known of a ProjectAccessToken that exists. */
export interface ProjectAccessTokenState extends Partial<ProjectAccessTokenArgs> {
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
    "name",
    "project",
    "rotationConfiguration",
    "scopes",
    "validatePastExpirationDate",
  ],
  required: ["project", "scopes"],
  computed: ["active", "createdAt", "revoked", "token", "userId"],
  secrets: ["token"],
  replaces: [],
};

/** The resource ProjectAccessToken of GitLab. */
export class ProjectAccessToken extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectAccessToken:ProjectAccessToken";
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly active: pulumi.Output<boolean>;
  declare readonly createdAt: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly revoked: pulumi.Output<boolean>;
  declare readonly rotationConfiguration: pulumi.Output<
    outputs.ProjectAccessTokenRotationConfiguration | undefined
  >;
  declare readonly scopes: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly userId: pulumi.Output<number>;
  declare readonly validatePastExpirationDate: pulumi.Output<boolean>;

  constructor(name: string, args: ProjectAccessTokenArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectAccessToken.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectAccessToken that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectAccessTokenState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectAccessToken(name, state as ProjectAccessTokenArgs, { ...opts, id });
  }

  /** Whether this is a ProjectAccessToken, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectAccessToken {
    return Object(obj).__pulumiType === ProjectAccessToken.__pulumiType;
  }
}

registerResource(
  ProjectAccessToken.__pulumiType,
  shape,
  (name, urn) => new ProjectAccessToken(name, {} as ProjectAccessTokenArgs, { urn }),
);
