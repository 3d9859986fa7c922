// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectDeployToken. */
export interface ProjectDeployTokenArgs {
  readonly expiresAt?: pulumi.Input<string | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly project: pulumi.Input<string>;
  readonly scopes: pulumi.Input<pulumi.Input<string>[]>;
  readonly username?: pulumi.Input<string | undefined>;
  readonly validatePastExpirationDate?: pulumi.Input<boolean | undefined>;
}

/** What may be known of a ProjectDeployToken that exists. */
export interface ProjectDeployTokenState extends Partial<ProjectDeployTokenArgs> {
  readonly expired?: pulumi.Input<boolean | undefined>;
  readonly revoked?: pulumi.Input<boolean | undefined>;
  /** Secret. */
  readonly token?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: ["expiresAt", "name", "project", "scopes", "username", "validatePastExpirationDate"],
  required: ["project", "scopes"],
  computed: ["expired", "revoked", "token"],
  secrets: ["token"],
  replaces: [],
};

/** The resource ProjectDeployToken of GitLab. */
export class ProjectDeployToken extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectDeployToken:ProjectDeployToken";
  declare readonly expired: pulumi.Output<boolean>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly revoked: pulumi.Output<boolean>;
  declare readonly scopes: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly username: pulumi.Output<string>;
  declare readonly validatePastExpirationDate: pulumi.Output<boolean>;

  constructor(name: string, args: ProjectDeployTokenArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectDeployToken.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectDeployToken that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectDeployTokenState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectDeployToken(name, state as ProjectDeployTokenArgs, { ...opts, id });
  }

  /** Whether this is a ProjectDeployToken, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectDeployToken {
    return Object(obj).__pulumiType === ProjectDeployToken.__pulumiType;
  }
}

registerResource(
  ProjectDeployToken.__pulumiType,
  shape,
  (name, urn) => new ProjectDeployToken(name, {} as ProjectDeployTokenArgs, { urn }),
);
