// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a PipelineTrigger. */
export interface PipelineTriggerArgs {
  readonly description: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
}

/** What may be known of a PipelineTrigger that exists. */
export interface PipelineTriggerState extends Partial<PipelineTriggerArgs> {
  readonly pipelineTriggerId?: pulumi.Input<number | undefined>;
  /** Secret. */
  readonly token?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: ["description", "project"],
  required: ["description", "project"],
  computed: ["pipelineTriggerId", "token"],
  secrets: ["token"],
  replaces: [],
};

/** The resource PipelineTrigger of GitLab. */
export class PipelineTrigger extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/pipelineTrigger:PipelineTrigger";
  declare readonly description: pulumi.Output<string>;
  declare readonly pipelineTriggerId: pulumi.Output<number>;
  declare readonly project: pulumi.Output<string>;
  declare readonly token: pulumi.Output<string>;

  constructor(name: string, args: PipelineTriggerArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      PipelineTrigger.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A PipelineTrigger that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: PipelineTriggerState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new PipelineTrigger(name, state as PipelineTriggerArgs, { ...opts, id });
  }

  /** Whether this is a PipelineTrigger, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is PipelineTrigger {
    return Object(obj).__pulumiType === PipelineTrigger.__pulumiType;
  }
}

registerResource(
  PipelineTrigger.__pulumiType,
  shape,
  (name, urn) => new PipelineTrigger(name, {} as PipelineTriggerArgs, { urn }),
);
