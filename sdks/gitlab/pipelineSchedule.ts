// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a PipelineSchedule. */
export interface PipelineScheduleArgs {
  readonly active?: pulumi.Input<boolean | undefined>;
  readonly cron: pulumi.Input<string>;
  readonly cronTimezone?: pulumi.Input<string | undefined>;
  readonly description: pulumi.Input<string>;
  readonly inputs?: pulumi.Input<pulumi.Input<inputs.PipelineScheduleInput>[] | undefined>;
  readonly project: pulumi.Input<string>;
  readonly ref: pulumi.Input<string>;
  readonly takeOwnership?: pulumi.Input<boolean | undefined>;
}

/** What may be known of a PipelineSchedule that exists. */
export interface PipelineScheduleState extends Partial<PipelineScheduleArgs> {
  readonly owner?: pulumi.Input<number | undefined>;
  readonly pipelineScheduleId?: pulumi.Input<number | undefined>;
}

const shape = {
  inputs: ["active", "cron", "cronTimezone", "description", "inputs", "project", "ref", "takeOwnership"],
  required: ["cron", "description", "project", "ref"],
  computed: ["owner", "pipelineScheduleId"],
  secrets: [],
  replaces: [],
};

/** The resource PipelineSchedule of GitLab. */
export class PipelineSchedule extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/pipelineSchedule:PipelineSchedule";
  declare readonly active: pulumi.Output<boolean>;
  declare readonly cron: pulumi.Output<string>;
  declare readonly cronTimezone: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly inputs: pulumi.Output<outputs.PipelineScheduleInput[] | undefined>;
  declare readonly owner: pulumi.Output<number>;
  declare readonly pipelineScheduleId: pulumi.Output<number>;
  declare readonly project: pulumi.Output<string>;
  declare readonly ref: pulumi.Output<string>;
  declare readonly takeOwnership: pulumi.Output<boolean>;

  constructor(name: string, args: PipelineScheduleArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      PipelineSchedule.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A PipelineSchedule that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: PipelineScheduleState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new PipelineSchedule(name, state as PipelineScheduleArgs, { ...opts, id });
  }

  /** Whether this is a PipelineSchedule, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is PipelineSchedule {
    return Object(obj).__pulumiType === PipelineSchedule.__pulumiType;
  }
}

registerResource(
  PipelineSchedule.__pulumiType,
  shape,
  (name, urn) => new PipelineSchedule(name, {} as PipelineScheduleArgs, { urn }),
);
