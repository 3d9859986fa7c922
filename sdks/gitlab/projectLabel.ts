// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectLabel. */
export interface ProjectLabelArgs {
  readonly color: pulumi.Input<string>;
  readonly description?: pulumi.Input<string | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly priority?: pulumi.Input<number | undefined>;
  readonly project: pulumi.Input<string>;
}

/** What may be known of a ProjectLabel that exists. */
export interface ProjectLabelState extends Partial<ProjectLabelArgs> {
  readonly colorHex?: pulumi.Input<string | undefined>;
  readonly labelId?: pulumi.Input<number | undefined>;
}

const shape = {
  inputs: ["color", "description", "name", "priority", "project"],
  required: ["color", "project"],
  computed: ["colorHex", "labelId"],
  secrets: [],
  replaces: [],
};

/** The resource ProjectLabel of GitLab. */
export class ProjectLabel extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectLabel:ProjectLabel";
  declare readonly color: pulumi.Output<string>;
  declare readonly colorHex: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly labelId: pulumi.Output<number>;
  declare readonly name: pulumi.Output<string>;
  declare readonly priority: pulumi.Output<number | undefined>;
  declare readonly project: pulumi.Output<string>;

  constructor(name: string, args: ProjectLabelArgs, opts?: pulumi.CustomResourceOptions) {
    super(ProjectLabel.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A ProjectLabel that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectLabelState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectLabel(name, state as ProjectLabelArgs, { ...opts, id });
  }

  /** Whether this is a ProjectLabel, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectLabel {
    return Object(obj).__pulumiType === ProjectLabel.__pulumiType;
  }
}

registerResource(
  ProjectLabel.__pulumiType,
  shape,
  (name, urn) => new ProjectLabel(name, {} as ProjectLabelArgs, { urn }),
);
