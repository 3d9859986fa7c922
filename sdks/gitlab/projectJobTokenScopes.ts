// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectJobTokenScopes. */
export interface ProjectJobTokenScopesArgs {
  readonly enabled?: pulumi.Input<boolean | undefined>;
  readonly project: pulumi.Input<string>;
  readonly targetGroupIds?: pulumi.Input<pulumi.Input<number>[] | undefined>;
  readonly targetProjectIds?: pulumi.Input<pulumi.Input<number>[] | undefined>;
}

/** What may be known of a ProjectJobTokenScopes that exists. */
export interface ProjectJobTokenScopesState extends Partial<ProjectJobTokenScopesArgs> {}

const shape = {
  inputs: ["enabled", "project", "targetGroupIds", "targetProjectIds"],
  required: ["project"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource ProjectJobTokenScopes of GitLab. */
export class ProjectJobTokenScopes extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectJobTokenScopes:ProjectJobTokenScopes";
  declare readonly enabled: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly targetGroupIds: pulumi.Output<number[]>;
  declare readonly targetProjectIds: pulumi.Output<number[]>;

  constructor(name: string, args: ProjectJobTokenScopesArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectJobTokenScopes.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectJobTokenScopes that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectJobTokenScopesState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectJobTokenScopes(name, state as ProjectJobTokenScopesArgs, { ...opts, id });
  }

  /** Whether this is a ProjectJobTokenScopes, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectJobTokenScopes {
    return Object(obj).__pulumiType === ProjectJobTokenScopes.__pulumiType;
  }
}

registerResource(
  ProjectJobTokenScopes.__pulumiType,
  shape,
  (name, urn) => new ProjectJobTokenScopes(name, {} as ProjectJobTokenScopesArgs, { urn }),
);
