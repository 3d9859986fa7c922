// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a PipelineScheduleVariable. */
export interface PipelineScheduleVariableArgs {
  /** A change makes a new resource. */
  readonly key: pulumi.Input<string>;
  /** A change makes a new resource. */
  readonly pipelineScheduleId: pulumi.Input<number>;
  /** A change makes a new resource. */
  readonly project: pulumi.Input<string>;
  /** Secret. */
  readonly value: pulumi.Input<string>;
  readonly variableType?: pulumi.Input<string | undefined>;
}

/** What may be known of a PipelineScheduleVariable that exists. */
export interface PipelineScheduleVariableState extends Partial<PipelineScheduleVariableArgs> {}

const shape = {
  inputs: ["key", "pipelineScheduleId", "project", "value", "variableType"],
  required: ["key", "pipelineScheduleId", "project", "value"],
  computed: [],
  secrets: ["value"],
  replaces: ["key", "pipelineScheduleId", "project"],
};

/** The resource PipelineScheduleVariable of GitLab. */
export class PipelineScheduleVariable extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/pipelineScheduleVariable:PipelineScheduleVariable";
  declare readonly key: pulumi.Output<string>;
  declare readonly pipelineScheduleId: pulumi.Output<number>;
  declare readonly project: pulumi.Output<string>;
  declare readonly value: pulumi.Output<string>;
  declare readonly variableType: pulumi.Output<string>;

  constructor(name: string, args: PipelineScheduleVariableArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      PipelineScheduleVariable.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A PipelineScheduleVariable that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: PipelineScheduleVariableState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new PipelineScheduleVariable(name, state as PipelineScheduleVariableArgs, { ...opts, id });
  }

  /** Whether this is a PipelineScheduleVariable, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is PipelineScheduleVariable {
    return Object(obj).__pulumiType === PipelineScheduleVariable.__pulumiType;
  }
}

registerResource(
  PipelineScheduleVariable.__pulumiType,
  shape,
  (name, urn) => new PipelineScheduleVariable(name, {} as PipelineScheduleVariableArgs, { urn }),
);
