import { beforeAll, describe, expect, it } from "vitest";
import { inputsOf, ofClass, previewForge, projectId } from "./forgePlan";
import type { Graph } from "./plan";

let forge: Graph;

beforeAll(async () => {
  forge = await previewForge();
}, 120_000);

const idOf = (name: string) => projectId(forge, name);

describe.each(["platform", "bank-churn"])("the project %s", (name) => {
  const inputs = (type: string, suffix = "") => inputsOf(forge, type, `${name}${suffix}`);

  it("is private, and belongs to the group", () => {
    expect(inputs("Project")).toMatchObject({
      name,
      path: name,
      namespaceId: Number(ofClass(forge, "Group")[0]?.id),
      visibilityLevel: "private",
      publicJobs: false,
      forkingAccessLevel: "disabled",
      requestAccessEnabled: false,
      containerRegistryAccessLevel: "private",
      pagesAccessLevel: "disabled",
      snippetsAccessLevel: "disabled",
      wikiAccessLevel: "disabled",
      initializeWithReadme: true,
      defaultBranch: "main",
      archiveOnDestroy: true,
      permanentlyDeleteOnDestroy: false,
    });
  });

  it("merges only what has passed, as the very commit that passed", () => {
    expect(inputs("Project")).toMatchObject({
      mergeMethod: "ff",
      squashOption: "never",
      onlyAllowMergeIfPipelineSucceeds: true,
      onlyAllowMergeIfAllDiscussionsAreResolved: true,
      allowMergeOnSkippedPipeline: false,
    });
  });

  it(
    "runs its pipelines on runners of its own and of the group, with variables and tokens that a developer " +
      "cannot bend",
    () => {
      expect(inputs("Project")).toMatchObject({
        sharedRunnersEnabled: false,
        groupRunnersEnabled: true,
        autoDevopsEnabled: false,
        ciSeparatedCaches: true,
        ciPipelineVariablesMinimumOverrideRole: "maintainer",
        ciPushRepositoryForJobTokenAllowed: false,
        protectMergeRequestPipelines: false,
        ciIdTokenSubClaimComponents: ["project_path", "ref_type", "ref"],
        allowPipelineTriggerApproveDeployment: false,
      });
    },
  );

  it("has a main that nobody pushes to and maintainers merge into, once", () => {
    expect(inputs("BranchProtection", "-main")).toMatchObject({
      project: idOf(name),
      branch: "main",
      allowForcePush: false,
      allowedToPushes: [{ accessLevel: "no one" }],
      allowedToMerges: [{ accessLevel: "maintainer" }],
      codeOwnerApprovalRequired: true,
    });
    expect(
      ofClass(forge, "BranchProtection").filter(({ inputs }) => inputs.project === idOf(name)),
    ).toHaveLength(1);
  });

  it("has release tags that maintainers alone make", () => {
    expect(inputs("TagProtection", "-release-tags")).toMatchObject({
      project: idOf(name),
      tag: "*.*.*",
      createAccessLevel: "maintainer",
    });
  });

  it("asks two others for approval, of the commits as they are merged", () => {
    expect(inputs("ProjectLevelMrApprovals", "-approvals")).toMatchObject({
      project: idOf(name),
      mergeRequestsAuthorApproval: false,
      mergeRequestsDisableCommittersApproval: true,
      resetApprovalsOnPush: true,
      disableOverridingApproversPerMergeRequest: true,
    });
    expect(inputs("ProjectApprovalRule", "-approval-rule")).toMatchObject({
      project: idOf(name),
      ruleType: "any_approver",
      approvalsRequired: 2,
    });
  });

  it("refuses pushed secrets, unsigned commits, unknown authors, and the deletion of tags", () => {
    expect(inputs("ProjectPushRules", "-push-rules")).toMatchObject({
      project: idOf(name),
      preventSecrets: true,
      rejectUnsignedCommits: true,
      memberCheck: true,
      denyDeleteTag: true,
    });
  });

  it("lets maintainers alone push images, keeps those of releases, and cleans up the rest", () => {
    expect(inputs("ProjectContainerRepositoryProtection", "-images")).toMatchObject({
      project: idOf(name),
      repositoryPathPattern: `ecluse/${name}*`,
      minimumAccessLevelForPush: "maintainer",
      minimumAccessLevelForDelete: "owner",
    });
    expect(inputs("ProjectContainerTagProtection", "-image-tags")).toMatchObject({
      project: idOf(name),
      tagNameRegex: "^v?[0-9]+\\.[0-9]+\\.[0-9]+$",
      minimumAccessLevelForPush: "MAINTAINER",
      minimumAccessLevelForDelete: "OWNER",
    });
    expect(inputs("Project")).toMatchObject({
      containerExpirationPolicy: {
        enabled: true,
        cadence: "7d",
        olderThan: "90d",
        keepN: 100,
        nameRegexKeep: "main|v?[0-9]+\\.[0-9]+\\.[0-9]+",
      },
    });
  });

  it("deploys nothing at the weekend", () => {
    expect(inputs("ProjectFreezePeriod", "-freeze-weekend")).toMatchObject({
      project: idOf(name),
      freezeStart: "0 18 * * 5",
      freezeEnd: "0 7 * * 1",
      cronTimezone: "Europe/Paris",
    });
  });
});
