// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectFreezePeriod. */
export interface ProjectFreezePeriodArgs {
  readonly cronTimezone?: pulumi.Input<string | undefined>;
  readonly freezeEnd: pulumi.Input<string>;
  readonly freezeStart: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
}

/** What may be known of a ProjectFreezePeriod that exists. */
export interface ProjectFreezePeriodState extends Partial<ProjectFreezePeriodArgs> {}

const shape = {
  inputs: ["cronTimezone", "freezeEnd", "freezeStart", "project"],
  required: ["freezeEnd", "freezeStart", "project"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource ProjectFreezePeriod of GitLab. */
export class ProjectFreezePeriod extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectFreezePeriod:ProjectFreezePeriod";
  declare readonly cronTimezone: pulumi.Output<string>;
  declare readonly freezeEnd: pulumi.Output<string>;
  declare readonly freezeStart: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;

  constructor(name: string, args: ProjectFreezePeriodArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectFreezePeriod.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectFreezePeriod that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectFreezePeriodState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectFreezePeriod(name, state as ProjectFreezePeriodArgs, { ...opts, id });
  }

  /** Whether this is a ProjectFreezePeriod, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectFreezePeriod {
    return Object(obj).__pulumiType === ProjectFreezePeriod.__pulumiType;
  }
}

registerResource(
  ProjectFreezePeriod.__pulumiType,
  shape,
  (name, urn) => new ProjectFreezePeriod(name, {} as ProjectFreezePeriodArgs, { urn }),
);
