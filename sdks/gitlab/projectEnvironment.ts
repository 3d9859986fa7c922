// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectEnvironment. */
export interface ProjectEnvironmentArgs {
  readonly autoStopSetting?: pulumi.Input<string | undefined>;
  readonly clusterAgentId?: pulumi.Input<number | undefined>;
  readonly description?: pulumi.Input<string | undefined>;
  readonly externalUrl?: pulumi.Input<string | undefined>;
  readonly fluxResourcePath?: pulumi.Input<string | undefined>;
  readonly kubernetesNamespace?: pulumi.Input<string | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly project: pulumi.Input<string>;
  readonly stopBeforeDestroy?: pulumi.Input<boolean | undefined>;
  readonly tier?: pulumi.Input<string | undefined>;
}

/** What may be known of a ProjectEnvironment that exists. */
export interface ProjectEnvironmentState extends Partial<ProjectEnvironmentArgs> {
  readonly autoStopAt?: pulumi.Input<string | undefined>;
  readonly createdAt?: pulumi.Input<string | undefined>;
  readonly slug?: pulumi.Input<string | undefined>;
  readonly state?: pulumi.Input<string | undefined>;
  readonly updatedAt?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: [
    "autoStopSetting",
    "clusterAgentId",
    "description",
    "externalUrl",
    "fluxResourcePath",
    "kubernetesNamespace",
    "name",
    "project",
    "stopBeforeDestroy",
    "tier",
  ],
  required: ["project"],
  computed: ["autoStopAt", "createdAt", "slug", "state", "updatedAt"],
  secrets: [],
  replaces: [],
};

/** The resource ProjectEnvironment of GitLab. */
export class ProjectEnvironment extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectEnvironment:ProjectEnvironment";
  declare readonly autoStopAt: pulumi.Output<string>;
  declare readonly autoStopSetting: pulumi.Output<string>;
  declare readonly clusterAgentId: pulumi.Output<number | undefined>;
  declare readonly createdAt: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly externalUrl: pulumi.Output<string>;
  declare readonly fluxResourcePath: pulumi.Output<string>;
  declare readonly kubernetesNamespace: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly slug: pulumi.Output<string>;
  declare readonly state: pulumi.Output<string>;
  declare readonly stopBeforeDestroy: pulumi.Output<boolean>;
  declare readonly tier: pulumi.Output<string>;
  declare readonly updatedAt: pulumi.Output<string>;

  constructor(name: string, args: ProjectEnvironmentArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectEnvironment.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectEnvironment that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectEnvironmentState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectEnvironment(name, state as ProjectEnvironmentArgs, { ...opts, id });
  }

  /** Whether this is a ProjectEnvironment, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectEnvironment {
    return Object(obj).__pulumiType === ProjectEnvironment.__pulumiType;
  }
}

registerResource(
  ProjectEnvironment.__pulumiType,
  shape,
  (name, urn) => new ProjectEnvironment(name, {} as ProjectEnvironmentArgs, { urn }),
);
