import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { mainBranch, slugOf } from "./conventions";
import { hasProtection, type Subscription } from "./tiers";

/** What the group of a forge is made from: its GitLab, and its own full path, of which only the last part is made. */
export type GroupArgs = Subscription;

/** The group of all projects: private, with a second factor for everybody, shared with and forked to nobody outside. */
export class Group extends pulumi.ComponentResource {
  readonly groupId: pulumi.Output<string>;

  constructor(name: string, args: GroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:gitlab:Group", name, {}, opts);
    const options = { parent: this };
    const around = args.group.split("/").slice(0, -1).join("/");
    // GitLab knows an outside only from the top.
    const place = around
      ? { parentId: gitlab.getGroupOutput({ fullPath: around }, options).groupId }
      : { preventSharingGroupsOutsideHierarchy: true };
    const group = new gitlab.Group(name, { ...groupInputs(args), ...place }, options);
    this.groupId = group.id;
    this.registerOutputs({ groupId: this.groupId });
  }
}

const groupInputs = (args: GroupArgs): gitlab.GroupArgs => ({
  path: slugOf(args.group),
  name: slugOf(args.group),
  description: "MLOps platform and its use cases; made by Pulumi",
  ...(hasProtection(args, "forkLimit") && { preventForkingOutsideGroup: true }),
  visibilityLevel: "private",
  requireTwoFactorAuthentication: true,
  twoFactorGracePeriod: 48,
  shareWithGroupLock: true,
  requestAccessEnabled: false,
  projectCreationLevel: "maintainer",
  subgroupCreationLevel: "owner",
  sharedRunnersSetting: "disabled_and_unoverridable",
  autoDevopsEnabled: false,
  defaultBranch: mainBranch,
  // Of the moment between a project and its own protection, and of projects that somebody makes by hand.
  defaultBranchProtectionDefaults: {
    allowForcePush: false,
    allowedToPushes: ["no one"],
    allowedToMerges: ["maintainer"],
    developerCanInitialPush: false,
  },
  archiveOnDestroy: true,
  permanentlyRemoveOnDelete: false,
});
