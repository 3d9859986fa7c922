import { beforeAll, describe, expect, it } from "vitest";
import { protections } from "../../components/gitlab/tiers";
import { inputsOf, previewForge } from "./forgePlan";
import type { Graph } from "./plan";

let forge: Graph;

beforeAll(async () => {
  forge = await previewForge();
}, 120_000);

describe("what a tier lacks is left out, with a warning that names what is lost and what stands in", () => {
  const premium = ["ProjectApprovalRule", "ProjectLevelMrApprovals", "ProjectPushRules"];

  it.each([
    [
      "free",
      {},
      [
        "mergeApprovals",
        "codeOwners",
        "pushRules",
        "protectedEnvironments",
        "forkLimit",
        "immutableImages",
        "secretDetection",
      ],
      premium,
    ],
    ["premium", {}, ["immutableImages", "secretDetection"], []],
    ["ultimate", {}, [], []],
    [
      "free",
      { url: "https://gitlab.com", group: "acme/ecluse" },
      [
        "mergeApprovals",
        "codeOwners",
        "pushRules",
        "protectedEnvironments",
        "forkLimit",
        "projectTokens",
        "immutableImages",
        "secretDetection",
      ],
      [...premium, "ProjectAccessToken", "ProjectVariable"],
    ],
    [
      "ultimate",
      { registryDatabase: false },
      ["protectedImages", "immutableImages"],
      ["ProjectContainerTagProtection"],
    ],
  ] as const)("%s %j", async (tier, more, lacking, absent) => {
    const plan = await previewForge({ tier, ...more });
    expect([...plan.warnings].sort()).toEqual(
      lacking
        .map((name) => {
          const { lost, standIn } = protections[name];
          return `GitLab in tier ${tier} lacks ${name}. Lost: ${lost}. In its place: ${standIn}.`;
        })
        .sort(),
    );
    const classes = (graph: Graph) =>
      new Set(graph.resources.filter(({ custom }) => custom).map(({ type }) => type.split(":").at(-1) ?? ""));
    const missing = [...classes(forge)].filter((name) => !classes(plan).has(name));
    expect(missing.sort()).toEqual([...absent].sort());
  });

  it("free: no property that its API refuses, and main as closed as ever", async () => {
    const plan = await previewForge({ tier: "free" });
    expect(inputsOf(plan, "Group", "group")).not.toHaveProperty("preventForkingOutsideGroup");
    expect(inputsOf(plan, "Project", "bank-churn")).not.toHaveProperty(
      "allowPipelineTriggerApproveDeployment",
    );
    const main = inputsOf(plan, "BranchProtection", "bank-churn-main");
    expect(main).toMatchObject({ allowedToPushes: [{ accessLevel: "no one" }], allowForcePush: false });
    expect(main).not.toHaveProperty("codeOwnerApprovalRequired");
  });

  it("the community edition: the same levels, by the properties that it has", async () => {
    const plan = await previewForge({ tier: "free", edition: "community" });
    const main = inputsOf(plan, "BranchProtection", "bank-churn-main");
    expect(main).toMatchObject({
      pushAccessLevel: "no one",
      mergeAccessLevel: "maintainer",
      allowForcePush: false,
    });
    expect(main).not.toHaveProperty("allowedToPushes");
  });

  it("ultimate: released images never change, and secrets are looked for in every push", async () => {
    const plan = await previewForge({ tier: "ultimate" });
    const tags = inputsOf(plan, "ProjectContainerTagProtection", "bank-churn-image-tags");
    expect(tags).toMatchObject({ immutable: true });
    expect(tags).not.toHaveProperty("minimumAccessLevelForPush");
    expect(inputsOf(plan, "Project", "bank-churn")).toMatchObject({ preReceiveSecretDetectionEnabled: true });
  });
});
