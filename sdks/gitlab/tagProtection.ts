// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a TagProtection. */
export interface TagProtectionArgs {
  readonly allowedToCreates?: pulumi.Input<pulumi.Input<inputs.TagProtectionAllowedToCreate>[] | undefined>;
  readonly createAccessLevel?: pulumi.Input<string | undefined>;
  readonly project: pulumi.Input<string>;
  readonly tag: pulumi.Input<string>;
}

/** What may be known of a TagProtection that exists. */
export interface TagProtectionState extends Partial<TagProtectionArgs> {}

const shape = {
  inputs: ["allowedToCreates", "createAccessLevel", "project", "tag"],
  required: ["project", "tag"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource TagProtection of GitLab. */
export class TagProtection extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/tagProtection:TagProtection";
  declare readonly allowedToCreates: pulumi.Output<outputs.TagProtectionAllowedToCreate[] | undefined>;
  declare readonly createAccessLevel: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly tag: pulumi.Output<string>;

  constructor(name: string, args: TagProtectionArgs, opts?: pulumi.CustomResourceOptions) {
    super(TagProtection.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A TagProtection that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: TagProtectionState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new TagProtection(name, state as TagProtectionArgs, { ...opts, id });
  }

  /** Whether this is a TagProtection, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is TagProtection {
    return Object(obj).__pulumiType === TagProtection.__pulumiType;
  }
}

registerResource(
  TagProtection.__pulumiType,
  shape,
  (name, urn) => new TagProtection(name, {} as TagProtectionArgs, { urn }),
);
