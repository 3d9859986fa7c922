// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectJobTokenScope. */
export interface ProjectJobTokenScopeArgs {
  readonly project: pulumi.Input<string>;
  readonly targetGroupId?: pulumi.Input<number | undefined>;
  readonly targetProjectId?: pulumi.Input<number | undefined>;
}

/** What may be known of a ProjectJobTokenScope that exists. */
export interface ProjectJobTokenScopeState extends Partial<ProjectJobTokenScopeArgs> {}

const shape = {
  inputs: ["project", "targetGroupId", "targetProjectId"],
  required: ["project"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource ProjectJobTokenScope of GitLab. */
export class ProjectJobTokenScope extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectJobTokenScope:ProjectJobTokenScope";
  declare readonly project: pulumi.Output<string>;
  declare readonly targetGroupId: pulumi.Output<number | undefined>;
  declare readonly targetProjectId: pulumi.Output<number | undefined>;

  constructor(name: string, args: ProjectJobTokenScopeArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectJobTokenScope.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectJobTokenScope that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectJobTokenScopeState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectJobTokenScope(name, state as ProjectJobTokenScopeArgs, { ...opts, id });
  }

  /** Whether this is a ProjectJobTokenScope, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectJobTokenScope {
    return Object(obj).__pulumiType === ProjectJobTokenScope.__pulumiType;
  }
}

registerResource(
  ProjectJobTokenScope.__pulumiType,
  shape,
  (name, urn) => new ProjectJobTokenScope(name, {} as ProjectJobTokenScopeArgs, { urn }),
);
