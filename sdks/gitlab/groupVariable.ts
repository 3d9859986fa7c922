// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a GroupVariable. */
export interface GroupVariableArgs {
  readonly description?: pulumi.Input<string | undefined>;
  readonly environmentScope?: pulumi.Input<string | undefined>;
  readonly group: pulumi.Input<string>;
  readonly hidden?: pulumi.Input<boolean | undefined>;
  readonly key: pulumi.Input<string>;
  readonly masked?: pulumi.Input<boolean | undefined>;
  readonly protected?: pulumi.Input<boolean | undefined>;
  readonly raw?: pulumi.Input<boolean | undefined>;
  /** Secret. */
  readonly value: pulumi.Input<string>;
  readonly variableType?: pulumi.Input<string | undefined>;
}

/** What may be known of a GroupVariable that exists. */
export interface GroupVariableState extends Partial<GroupVariableArgs> {}

const shape = {
  inputs: [
    "description",
    "environmentScope",
    "group",
    "hidden",
    "key",
    "masked",
    "protected",
    "raw",
    "value",
    "variableType",
  ],
  required: ["group", "key", "value"],
  computed: [],
  secrets: ["value"],
  replaces: [],
};

/** The resource GroupVariable of GitLab. */
export class GroupVariable extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/groupVariable:GroupVariable";
  declare readonly description: pulumi.Output<string>;
  declare readonly environmentScope: pulumi.Output<string>;
  declare readonly group: pulumi.Output<string>;
  declare readonly hidden: pulumi.Output<boolean>;
  declare readonly key: pulumi.Output<string>;
  declare readonly masked: pulumi.Output<boolean>;
  declare readonly protected: pulumi.Output<boolean>;
  declare readonly raw: pulumi.Output<boolean>;
  declare readonly value: pulumi.Output<string>;
  declare readonly variableType: pulumi.Output<string>;

  constructor(name: string, args: GroupVariableArgs, opts?: pulumi.CustomResourceOptions) {
    super(GroupVariable.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A GroupVariable that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: GroupVariableState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new GroupVariable(name, state as GroupVariableArgs, { ...opts, id });
  }

  /** Whether this is a GroupVariable, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is GroupVariable {
    return Object(obj).__pulumiType === GroupVariable.__pulumiType;
  }
}

registerResource(
  GroupVariable.__pulumiType,
  shape,
  (name, urn) => new GroupVariable(name, {} as GroupVariableArgs, { urn }),
);
