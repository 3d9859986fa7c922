import * as gitlab from "@pulumi/gitlab";
import type { ProjectPart } from "./forgeContext";
import { hasProtection } from "./tiers";

/** Tags of releases. Those of commits are left to the clean-up, which never touches a protected one. */
const versions = "v?[0-9]+\\.[0-9]+\\.[0-9]+";

/** Images of commits go after three months; those of releases, and the newest hundred of each, stay. */
export const cleanUp = {
  enabled: true,
  cadence: "7d",
  olderThan: "90d",
  keepN: 100,
  nameRegexDelete: ".*",
  nameRegexKeep: `main|${versions}`,
};

/** Maintainers alone push images, as pipelines of main do; what a released tag says stays, as far as the GitLab can. */
export function protectImages({ context, name, path, project }: ProjectPart): void {
  const { gitlab: settings, options } = context;
  new gitlab.ProjectContainerRepositoryProtection(
    `${name}-images`,
    {
      project,
      repositoryPathPattern: `${path}*`,
      minimumAccessLevelForPush: "maintainer",
      minimumAccessLevelForDelete: "owner",
    },
    options,
  );
  if (!hasProtection(settings, "protectedImages")) return;
  new gitlab.ProjectContainerTagProtection(
    `${name}-image-tags`,
    {
      project,
      tagNameRegex: `^${versions}$`,
      ...(hasProtection(settings, "immutableImages")
        ? { immutable: true }
        : { minimumAccessLevelForPush: "MAINTAINER", minimumAccessLevelForDelete: "OWNER" }),
    },
    options,
  );
}
