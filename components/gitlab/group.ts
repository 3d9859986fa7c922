import * as gitlab from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import type { GitlabForgeSettings } from "../settings";
import { mainBranch } from "./conventions";
import { slugOf } from "./forgeContext";
import { hasProtection } from "./tiers";

/** The number of the group that lies around; undefined for one that lies in none. It is there already, so it is looked up. */
function parentId(
  { group }: GitlabForgeSettings,
  provider: gitlab.Provider,
): pulumi.Output<number> | undefined {
  const parent = group.split("/").slice(0, -1).join("/");
  if (parent === "") return undefined;
  return gitlab.getGroupOutput({ fullPath: parent }, { provider }).groupId;
}

/** The group of all projects: private, with a second factor for everybody, shared with and forked to nobody outside. */
export function forgeGroup(settings: GitlabForgeSettings, provider: gitlab.Provider): gitlab.Group {
  const parent = parentId(settings, provider);
  return new gitlab.Group(
    "group",
    {
      path: slugOf(settings.group),
      name: slugOf(settings.group),
      description: "MLOps platform and its use cases; made by Pulumi",
      // GitLab knows an outside only from the top.
      ...(parent ? { parentId: parent } : { preventSharingGroupsOutsideHierarchy: true }),
      ...(hasProtection(settings, "forkLimit") && { preventForkingOutsideGroup: true }),
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
    },
    { provider },
  );
}
