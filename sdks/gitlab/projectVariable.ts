// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectVariable. */
export interface ProjectVariableArgs {
  readonly description?: pulumi.Input<string | undefined>;
  readonly environmentScope?: pulumi.Input<string | undefined>;
  readonly hidden?: pulumi.Input<boolean | undefined>;
  readonly key: pulumi.Input<string>;
  readonly masked?: pulumi.Input<boolean | undefined>;
  readonly project: pulumi.Input<string>;
  readonly protected?: pulumi.Input<boolean | undefined>;
  readonly raw?: pulumi.Input<boolean | undefined>;
  /** Secret. */
  readonly value: pulumi.Input<string>;
  readonly variableType?: pulumi.Input<string | undefined>;
}

/** What may be known of a ProjectVariable that exists. */
export interface ProjectVariableState extends Partial<ProjectVariableArgs> {}

const shape = {
  inputs: [
    "description",
    "environmentScope",
    "hidden",
    "key",
    "masked",
    "project",
    "protected",
    "raw",
    "value",
    "variableType",
  ],
  required: ["key", "project", "value"],
  computed: [],
  secrets: ["value"],
  replaces: [],
};

/** The resource ProjectVariable of GitLab. */
export class ProjectVariable extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectVariable:ProjectVariable";
  declare readonly description: pulumi.Output<string>;
  declare readonly environmentScope: pulumi.Output<string>;
  declare readonly hidden: pulumi.Output<boolean>;
  declare readonly key: pulumi.Output<string>;
  declare readonly masked: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly protected: pulumi.Output<boolean>;
  declare readonly raw: pulumi.Output<boolean>;
  declare readonly value: pulumi.Output<string>;
  declare readonly variableType: pulumi.Output<string>;

  constructor(name: string, args: ProjectVariableArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectVariable.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectVariable that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectVariableState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectVariable(name, state as ProjectVariableArgs, { ...opts, id });
  }

  /** Whether this is a ProjectVariable, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectVariable {
    return Object(obj).__pulumiType === ProjectVariable.__pulumiType;
  }
}

registerResource(
  ProjectVariable.__pulumiType,
  shape,
  (name, urn) => new ProjectVariable(name, {} as ProjectVariableArgs, { urn }),
);
