// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a ProjectContainerTagProtection. */
export interface ProjectContainerTagProtectionArgs {
  readonly immutable?: pulumi.Input<boolean | undefined>;
  readonly minimumAccessLevelForDelete?: pulumi.Input<string | undefined>;
  readonly minimumAccessLevelForPush?: pulumi.Input<string | undefined>;
  readonly project: pulumi.Input<string>;
  readonly tagNameRegex: pulumi.Input<string>;
  readonly timeouts?: pulumi.Input<inputs.ProjectContainerTagProtectionTimeouts | undefined>;
}

/** What may be known of a ProjectContainerTagProtection that exists. */
export interface ProjectContainerTagProtectionState extends Partial<ProjectContainerTagProtectionArgs> {
  readonly protectionRuleId?: pulumi.Input<number | undefined>;
}

const shape = {
  inputs: [
    "immutable",
    "minimumAccessLevelForDelete",
    "minimumAccessLevelForPush",
    "project",
    "tagNameRegex",
    "timeouts",
  ],
  required: ["project", "tagNameRegex"],
  computed: ["protectionRuleId"],
  secrets: [],
  replaces: [],
};

/** The resource ProjectContainerTagProtection of GitLab. */
export class ProjectContainerTagProtection extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectContainerTagProtection:ProjectContainerTagProtection";
  declare readonly immutable: pulumi.Output<boolean>;
  declare readonly minimumAccessLevelForDelete: pulumi.Output<string>;
  declare readonly minimumAccessLevelForPush: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly protectionRuleId: pulumi.Output<number>;
  declare readonly tagNameRegex: pulumi.Output<string>;
  declare readonly timeouts: pulumi.Output<outputs.ProjectContainerTagProtectionTimeouts | undefined>;

  constructor(name: string, args: ProjectContainerTagProtectionArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectContainerTagProtection.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectContainerTagProtection that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectContainerTagProtectionState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectContainerTagProtection(name, state as ProjectContainerTagProtectionArgs, {
      ...opts,
      id,
    });
  }

  /** Whether this is a ProjectContainerTagProtection, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectContainerTagProtection {
    return Object(obj).__pulumiType === ProjectContainerTagProtection.__pulumiType;
  }
}

registerResource(
  ProjectContainerTagProtection.__pulumiType,
  shape,
  (name, urn) => new ProjectContainerTagProtection(name, {} as ProjectContainerTagProtectionArgs, { urn }),
);
