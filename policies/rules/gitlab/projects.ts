import { allOf, anyOf, atMost, implies, inProduction, is, isNot, ofType, set } from "../../conditions";
import { gitlabType, ifSupported } from "../../gitlab";
import type { ResourceRule } from "../../rule";

const project = gitlabType("Project");
const group = gitlabType("Group");
const settings = "components/gitlab/project.ts";
const groupFile = "components/gitlab/group.ts";
const projects = { scope: "resource", types: [project] } as const;
const both = { scope: "resource", types: [project, group] } as const;

/** Rules on what projects and their group let anybody do. */
export const gitlabProjectRules: readonly ResourceRule[] = [
  {
    ...projects,
    id: "GL-07",
    name: "only-what-passed-is-merged",
    severity: "medium",
    environments: "all",
    description: "A change is merged when its pipeline has passed and all that was said of it is settled.",
    remediation: `Keep the three settings of merging in ${settings}.`,
    check: allOf(
      is("onlyAllowMergeIfPipelineSucceeds", true),
      is("onlyAllowMergeIfAllDiscussionsAreResolved", true),
      isNot("allowMergeOnSkippedPipeline", true),
    ),
  },
  {
    ...both,
    id: "GL-08",
    name: "private",
    severity: "high",
    environments: "all",
    description: "Members alone see projects, their jobs and their group, and nobody takes a copy outside.",
    remediation:
      "Set visibilityLevel to private, publicJobs to false and forkingAccessLevel to disabled in " +
      `${settings}.`,
    check: allOf(
      is("visibilityLevel", "private"),
      ofType(project, allOf(is("publicJobs", false), is("forkingAccessLevel", "private", "disabled"))),
    ),
  },
  {
    ...both,
    id: "GL-09",
    name: "own-runners-only",
    severity: "high",
    environments: "production",
    description: "Jobs run on runners of the environments, and on none that other teams share.",
    remediation: `Set sharedRunnersEnabled to false in ${settings}, and sharedRunnersSetting in ${groupFile}.`,
    deviation:
      "Runners of the group are for the build of images: a project asks for them by tag, so " +
      "groupRunnersEnabled is the team's.",
    check: allOf(
      ofType(project, is("sharedRunnersEnabled", false)),
      ofType(group, is("sharedRunnersSetting", "disabled_and_unoverridable")),
    ),
  },
  {
    ...projects,
    id: "GL-15",
    name: "pipeline-variables-of-maintainers",
    severity: "medium",
    environments: "all",
    description:
      "Nobody below a maintainer gives a pipeline variables, which would override an environment's.",
    remediation: `Set ciPipelineVariablesMinimumOverrideRole to maintainer in ${settings}.`,
    check: is("ciPipelineVariablesMinimumOverrideRole", "no_one_allowed", "owner", "maintainer"),
  },
  {
    scope: "resource",
    types: [group],
    id: "GL-22",
    name: "group-closed",
    severity: "medium",
    environments: "all",
    description:
      "Everybody in the group has a second factor within a week, and nobody carries projects out of it " +
      "or brings others in.",
    remediation: `Keep the settings of ${groupFile}.`,
    deviation:
      "Where GitLab's tier cannot forbid forks out of the group, GL-08 asks that projects are not forked at all.",
    check: allOf(
      is("requireTwoFactorAuthentication", true),
      atMost("twoFactorGracePeriod", 168),
      ifSupported("forkLimit", is("preventForkingOutsideGroup", true)),
      is("shareWithGroupLock", true),
      is("projectCreationLevel", "maintainer", "owner", "noone"),
    ),
  },
  {
    ...both,
    id: "GL-28",
    name: "asks-no-strangers-in",
    severity: "medium",
    environments: "all",
    description:
      "Nobody asks for access by himself, no trigger approves a deployment, and pipelines of merge requests see no " +
      "caches or runners of protected branches.",
    remediation: `Keep the settings of ${settings} and ${groupFile}.`,
    check: allOf(
      is("requestAccessEnabled", false),
      is("autoDevopsEnabled", false),
      ofType(
        project,
        allOf(
          isNot("allowPipelineTriggerApproveDeployment", true),
          is("ciSeparatedCaches", true),
          isNot("protectMergeRequestPipelines", true),
          is("ciIdTokenSubClaimComponents.0", "project_path"),
          ...["pages", "snippets", "wiki"].map((part) => is(`${part}AccessLevel`, "disabled", "private")),
        ),
      ),
      ofType(
        group,
        allOf(
          anyOf(set("parentId"), is("preventSharingGroupsOutsideHierarchy", true)),
          isNot("subgroupCreationLevel", "developer"),
        ),
      ),
    ),
  },
  {
    ...both,
    id: "GL-25",
    name: "retained-on-destroy",
    severity: "medium",
    environments: "all",
    description:
      "What Pulumi destroys can be brought back: in production it is archived, and nowhere deleted for good.",
    remediation:
      "Set archiveOnDestroy to true, and permanentlyDeleteOnDestroy and permanentlyRemoveOnDelete to " +
      `false, in ${settings} and ${groupFile}.`,
    check: allOf(
      implies(inProduction, is("archiveOnDestroy", true)),
      isNot("permanentlyDeleteOnDestroy", true),
      isNot("permanentlyRemoveOnDelete", true),
    ),
  },
];
