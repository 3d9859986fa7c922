// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectRunnerEnablement. */
export interface ProjectRunnerEnablementArgs {
  /** A change makes a new resource. */
  readonly project: pulumi.Input<string>;
  /** A change makes a new resource. */
  readonly runnerId: pulumi.Input<number>;
}

/** What may be known of a ProjectRunnerEnablement that exists. */
export interface ProjectRunnerEnablementState extends Partial<ProjectRunnerEnablementArgs> {}

const shape = {
  inputs: ["project", "runnerId"],
  required: ["project", "runnerId"],
  computed: [],
  secrets: [],
  replaces: ["project", "runnerId"],
};

/** The resource ProjectRunnerEnablement of GitLab. */
export class ProjectRunnerEnablement extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectRunnerEnablement:ProjectRunnerEnablement";
  declare readonly project: pulumi.Output<string>;
  declare readonly runnerId: pulumi.Output<number>;

  constructor(name: string, args: ProjectRunnerEnablementArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectRunnerEnablement.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectRunnerEnablement that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectRunnerEnablementState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectRunnerEnablement(name, state as ProjectRunnerEnablementArgs, { ...opts, id });
  }

  /** Whether this is a ProjectRunnerEnablement, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectRunnerEnablement {
    return Object(obj).__pulumiType === ProjectRunnerEnablement.__pulumiType;
  }
}

registerResource(
  ProjectRunnerEnablement.__pulumiType,
  shape,
  (name, urn) => new ProjectRunnerEnablement(name, {} as ProjectRunnerEnablementArgs, { urn }),
);
