// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";

/** What makes a Group. */
export interface GroupArgs {
  readonly allowMergeOnSkippedPipeline?: pulumi.Input<boolean | undefined>;
  readonly allowedEmailDomainsLists?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  readonly archiveOnDestroy?: pulumi.Input<boolean | undefined>;
  readonly autoDevopsEnabled?: pulumi.Input<boolean | undefined>;
  readonly avatar?: pulumi.Input<string | undefined>;
  readonly avatarHash?: pulumi.Input<string | undefined>;
  readonly defaultBranch?: pulumi.Input<string | undefined>;
  /** @deprecated The provider means to drop it. */
  readonly defaultBranchProtection?: pulumi.Input<number | undefined>;
  readonly defaultBranchProtectionDefaults?: pulumi.Input<
    inputs.GroupDefaultBranchProtectionDefaults | undefined
  >;
  readonly description?: pulumi.Input<string | undefined>;
  readonly emailsEnabled?: pulumi.Input<boolean | undefined>;
  readonly extraSharedRunnersMinutesLimit?: pulumi.Input<number | undefined>;
  readonly ipRestrictionRanges?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  readonly lfsEnabled?: pulumi.Input<boolean | undefined>;
  readonly maxArtifactsSize?: pulumi.Input<number | undefined>;
  readonly membershipLock?: pulumi.Input<boolean | undefined>;
  readonly mentionsDisabled?: pulumi.Input<boolean | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly onlyAllowMergeIfAllDiscussionsAreResolved?: pulumi.Input<boolean | undefined>;
  readonly onlyAllowMergeIfPipelineSucceeds?: pulumi.Input<boolean | undefined>;
  readonly parentId?: pulumi.Input<number | undefined>;
  readonly path: pulumi.Input<string>;
  readonly permanentlyRemoveOnDelete?: pulumi.Input<boolean | undefined>;
  readonly preventForkingOutsideGroup?: pulumi.Input<boolean | undefined>;
  readonly preventSharingGroupsOutsideHierarchy?: pulumi.Input<boolean | undefined>;
  readonly projectCreationLevel?: pulumi.Input<string | undefined>;
  readonly pushRules?: pulumi.Input<inputs.GroupPushRules | undefined>;
  readonly requestAccessEnabled?: pulumi.Input<boolean | undefined>;
  readonly requireTwoFactorAuthentication?: pulumi.Input<boolean | undefined>;
  readonly shareWithGroupLock?: pulumi.Input<boolean | undefined>;
  readonly sharedRunnersMinutesLimit?: pulumi.Input<number | undefined>;
  readonly sharedRunnersSetting?: pulumi.Input<string | undefined>;
  readonly subgroupCreationLevel?: pulumi.Input<string | undefined>;
  readonly twoFactorGracePeriod?: pulumi.Input<number | undefined>;
  readonly visibilityLevel?: pulumi.Input<string | undefined>;
  readonly wikiAccessLevel?: pulumi.Input<string | undefined>;
}

/** What may be known of a Group that exists. */
export interface GroupState extends Partial<GroupArgs> {
  readonly avatarUrl?: pulumi.Input<string | undefined>;
  readonly fullName?: pulumi.Input<string | undefined>;
  readonly fullPath?: pulumi.Input<string | undefined>;
  /** Secret. */
  readonly runnersToken?: pulumi.Input<string | undefined>;
  readonly webUrl?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: [
    "allowMergeOnSkippedPipeline",
    "allowedEmailDomainsLists",
    "archiveOnDestroy",
    "autoDevopsEnabled",
    "avatar",
    "avatarHash",
    "defaultBranch",
    "defaultBranchProtection",
    "defaultBranchProtectionDefaults",
    "description",
    "emailsEnabled",
    "extraSharedRunnersMinutesLimit",
    "ipRestrictionRanges",
    "lfsEnabled",
    "maxArtifactsSize",
    "membershipLock",
    "mentionsDisabled",
    "name",
    "onlyAllowMergeIfAllDiscussionsAreResolved",
    "onlyAllowMergeIfPipelineSucceeds",
    "parentId",
    "path",
    "permanentlyRemoveOnDelete",
    "preventForkingOutsideGroup",
    "preventSharingGroupsOutsideHierarchy",
    "projectCreationLevel",
    "pushRules",
    "requestAccessEnabled",
    "requireTwoFactorAuthentication",
    "shareWithGroupLock",
    "sharedRunnersMinutesLimit",
    "sharedRunnersSetting",
    "subgroupCreationLevel",
    "twoFactorGracePeriod",
    "visibilityLevel",
    "wikiAccessLevel",
  ],
  required: ["path"],
  computed: ["avatarUrl", "fullName", "fullPath", "runnersToken", "webUrl"],
  secrets: ["runnersToken"],
  replaces: [],
};

/** The resource Group of GitLab. */
export class Group extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/group:Group";
  declare readonly allowMergeOnSkippedPipeline: pulumi.Output<boolean>;
  declare readonly allowedEmailDomainsLists: pulumi.Output<string[]>;
  declare readonly archiveOnDestroy: pulumi.Output<boolean | undefined>;
  declare readonly autoDevopsEnabled: pulumi.Output<boolean>;
  declare readonly avatar: pulumi.Output<string | undefined>;
  declare readonly avatarHash: pulumi.Output<string>;
  declare readonly avatarUrl: pulumi.Output<string>;
  declare readonly defaultBranch: pulumi.Output<string | undefined>;
  /** @deprecated The provider means to drop it. */
  declare readonly defaultBranchProtection: pulumi.Output<number>;
  declare readonly defaultBranchProtectionDefaults: pulumi.Output<outputs.GroupDefaultBranchProtectionDefaults>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly emailsEnabled: pulumi.Output<boolean>;
  declare readonly extraSharedRunnersMinutesLimit: pulumi.Output<number>;
  declare readonly fullName: pulumi.Output<string>;
  declare readonly fullPath: pulumi.Output<string>;
  declare readonly ipRestrictionRanges: pulumi.Output<string[] | undefined>;
  declare readonly lfsEnabled: pulumi.Output<boolean>;
  declare readonly maxArtifactsSize: pulumi.Output<number>;
  declare readonly membershipLock: pulumi.Output<boolean>;
  declare readonly mentionsDisabled: pulumi.Output<boolean>;
  declare readonly name: pulumi.Output<string>;
  declare readonly onlyAllowMergeIfAllDiscussionsAreResolved: pulumi.Output<boolean>;
  declare readonly onlyAllowMergeIfPipelineSucceeds: pulumi.Output<boolean>;
  declare readonly parentId: pulumi.Output<number>;
  declare readonly path: pulumi.Output<string>;
  declare readonly permanentlyRemoveOnDelete: pulumi.Output<boolean | undefined>;
  declare readonly preventForkingOutsideGroup: pulumi.Output<boolean>;
  declare readonly preventSharingGroupsOutsideHierarchy: pulumi.Output<boolean>;
  declare readonly projectCreationLevel: pulumi.Output<string>;
  declare readonly pushRules: pulumi.Output<outputs.GroupPushRules>;
  declare readonly requestAccessEnabled: pulumi.Output<boolean>;
  declare readonly requireTwoFactorAuthentication: pulumi.Output<boolean>;
  declare readonly runnersToken: pulumi.Output<string>;
  declare readonly shareWithGroupLock: pulumi.Output<boolean>;
  declare readonly sharedRunnersMinutesLimit: pulumi.Output<number>;
  declare readonly sharedRunnersSetting: pulumi.Output<string>;
  declare readonly subgroupCreationLevel: pulumi.Output<string>;
  declare readonly twoFactorGracePeriod: pulumi.Output<number>;
  declare readonly visibilityLevel: pulumi.Output<string>;
  declare readonly webUrl: pulumi.Output<string>;
  declare readonly wikiAccessLevel: pulumi.Output<string>;

  constructor(name: string, args: GroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(Group.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A Group that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: GroupState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new Group(name, state as GroupArgs, { ...opts, id });
  }

  /** Whether this is a Group, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is Group {
    return Object(obj).__pulumiType === Group.__pulumiType;
  }
}

registerResource(Group.__pulumiType, shape, (name, urn) => new Group(name, {} as GroupArgs, { urn }));
