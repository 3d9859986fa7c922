// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a ValueStreamAnalytics. */
export interface ValueStreamAnalyticsArgs {
  readonly groupFullPath?: pulumi.Input<string | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly projectFullPath?: pulumi.Input<string | undefined>;
  readonly stages: pulumi.Input<pulumi.Input<inputs.ValueStreamAnalyticsStage>[]>;
}

/** What may be known of a ValueStreamAnalytics that exists. */
export interface ValueStreamAnalyticsState extends Partial<ValueStreamAnalyticsArgs> {}

const shape = {
  inputs: ["groupFullPath", "name", "projectFullPath", "stages"],
  required: ["stages"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource ValueStreamAnalytics of GitLab. */
export class ValueStreamAnalytics extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/valueStreamAnalytics:ValueStreamAnalytics";
  declare readonly groupFullPath: pulumi.Output<string | undefined>;
  declare readonly name: pulumi.Output<string>;
  declare readonly projectFullPath: pulumi.Output<string | undefined>;
  declare readonly stages: pulumi.Output<outputs.ValueStreamAnalyticsStage[]>;

  constructor(name: string, args: ValueStreamAnalyticsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ValueStreamAnalytics.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ValueStreamAnalytics that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ValueStreamAnalyticsState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ValueStreamAnalytics(name, state as ValueStreamAnalyticsArgs, { ...opts, id });
  }

  /** Whether this is a ValueStreamAnalytics, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ValueStreamAnalytics {
    return Object(obj).__pulumiType === ValueStreamAnalytics.__pulumiType;
  }
}

registerResource(
  ValueStreamAnalytics.__pulumiType,
  shape,
  (name, urn) => new ValueStreamAnalytics(name, {} as ValueStreamAnalyticsArgs, { urn }),
);
