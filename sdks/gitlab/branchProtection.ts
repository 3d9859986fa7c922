// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a BranchProtection. */
export interface BranchProtectionArgs {
  readonly allowForcePush?: pulumi.Input<boolean | undefined>;
  readonly allowedToMerges?: pulumi.Input<pulumi.Input<inputs.BranchProtectionAllowedToMerge>[] | undefined>;
  readonly allowedToPushes?: pulumi.Input<pulumi.Input<inputs.BranchProtectionAllowedToPush>[] | undefined>;
  readonly allowedToUnprotects?: pulumi.Input<
    pulumi.Input<inputs.BranchProtectionAllowedToUnprotect>[] | undefined
  >;
  readonly branch: pulumi.Input<string>;
  readonly codeOwnerApprovalRequired?: pulumi.Input<boolean | undefined>;
  readonly mergeAccessLevel?: pulumi.Input<string | undefined>;
  readonly project: pulumi.Input<string>;
  readonly pushAccessLevel?: pulumi.Input<string | undefined>;
}

/** What may be known of a BranchProtection that exists. */
export interface BranchProtectionState extends Partial<BranchProtectionArgs> {
  readonly branchProtectionId?: pulumi.Input<number | undefined>;
}

const shape = {
  inputs: [
    "allowForcePush",
    "allowedToMerges",
    "allowedToPushes",
    "allowedToUnprotects",
    "branch",
    "codeOwnerApprovalRequired",
    "mergeAccessLevel",
    "project",
    "pushAccessLevel",
  ],
  required: ["branch", "project"],
  computed: ["branchProtectionId"],
  secrets: [],
  replaces: [],
};

/** The resource BranchProtection of GitLab. */
export class BranchProtection extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/branchProtection:BranchProtection";
  declare readonly allowForcePush: pulumi.Output<boolean>;
  declare readonly allowedToMerges: pulumi.Output<outputs.BranchProtectionAllowedToMerge[]>;
  declare readonly allowedToPushes: pulumi.Output<outputs.BranchProtectionAllowedToPush[]>;
  declare readonly allowedToUnprotects: pulumi.Output<outputs.BranchProtectionAllowedToUnprotect[]>;
  declare readonly branch: pulumi.Output<string>;
  declare readonly branchProtectionId: pulumi.Output<number>;
  declare readonly codeOwnerApprovalRequired: pulumi.Output<boolean>;
  declare readonly mergeAccessLevel: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly pushAccessLevel: pulumi.Output<string>;

  constructor(name: string, args: BranchProtectionArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      BranchProtection.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A BranchProtection that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: BranchProtectionState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new BranchProtection(name, state as BranchProtectionArgs, { ...opts, id });
  }

  /** Whether this is a BranchProtection, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is BranchProtection {
    return Object(obj).__pulumiType === BranchProtection.__pulumiType;
  }
}

registerResource(
  BranchProtection.__pulumiType,
  shape,
  (name, urn) => new BranchProtection(name, {} as BranchProtectionArgs, { urn }),
);
