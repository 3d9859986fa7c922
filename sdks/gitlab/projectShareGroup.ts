// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectShareGroup. */
export interface ProjectShareGroupArgs {
  /** A change makes a new resource. */
  readonly expiresAt?: pulumi.Input<string | undefined>;
  /** A change makes a new resource. */
  readonly groupAccess: pulumi.Input<string>;
  /** A change makes a new resource. */
  readonly groupId: pulumi.Input<number>;
  /** A change makes a new resource. */
  readonly project: pulumi.Input<string>;
}

/** What may be known of a ProjectShareGroup that exists. */
export interface ProjectShareGroupState extends Partial<ProjectShareGroupArgs> {}

const shape = {
  inputs: ["expiresAt", "groupAccess", "groupId", "project"],
  required: ["groupAccess", "groupId", "project"],
  computed: [],
  secrets: [],
  replaces: ["expiresAt", "groupAccess", "groupId", "project"],
};

/** The resource ProjectShareGroup of GitLab. */
export class ProjectShareGroup extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectShareGroup:ProjectShareGroup";
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly groupAccess: pulumi.Output<string>;
  declare readonly groupId: pulumi.Output<number>;
  declare readonly project: pulumi.Output<string>;

  constructor(name: string, args: ProjectShareGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectShareGroup.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectShareGroup that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectShareGroupState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectShareGroup(name, state as ProjectShareGroupArgs, { ...opts, id });
  }

  /** Whether this is a ProjectShareGroup, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectShareGroup {
    return Object(obj).__pulumiType === ProjectShareGroup.__pulumiType;
  }
}

registerResource(
  ProjectShareGroup.__pulumiType,
  shape,
  (name, urn) => new ProjectShareGroup(name, {} as ProjectShareGroupArgs, { urn }),
);
