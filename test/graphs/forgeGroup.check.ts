import { beforeAll, describe, expect, it } from "vitest";
import { isSecret } from "../../protocol/properties";
import { botToken, inputsOf, ofClass, ownToken, previewForge, projectId } from "./forgePlan";
import type { Graph } from "./plan";

let forge: Graph;

beforeAll(async () => {
  forge = await previewForge();
}, 120_000);

const idOf = (name: string) => projectId(forge, name);

describe("the group", () => {
  it("is private, asks for a second factor, and shares and forks nothing outwards", () => {
    expect(inputsOf(forge, "Group", "group")).toMatchObject({
      path: "ecluse",
      visibilityLevel: "private",
      requireTwoFactorAuthentication: true,
      twoFactorGracePeriod: 48,
      preventForkingOutsideGroup: true,
      preventSharingGroupsOutsideHierarchy: true,
      shareWithGroupLock: true,
      requestAccessEnabled: false,
      projectCreationLevel: "maintainer",
      subgroupCreationLevel: "owner",
      sharedRunnersSetting: "disabled_and_unoverridable",
      defaultBranchProtectionDefaults: {
        allowForcePush: false,
        allowedToPushes: ["no one"],
        allowedToMerges: ["maintainer"],
        developerCanInitialPush: false,
      },
      archiveOnDestroy: true,
      permanentlyRemoveOnDelete: false,
    });
  });

  it("is in the group that its path names", async () => {
    const nested = await previewForge({ group: "acme/mlops" });
    const group = inputsOf(nested, "Group", "group");
    expect(group).toMatchObject({ path: "mlops", name: "mlops", parentId: 55 });
    // GitLab refuses it below the top.
    expect(group).not.toHaveProperty("preventSharingGroupsOutsideHierarchy");
    expect(inputsOf(nested, "ProjectContainerRepositoryProtection", "platform-images")).toMatchObject({
      repositoryPathPattern: "acme/mlops/platform*",
    });
  });
});

describe("the provider and the outputs", () => {
  const stack = () => forge.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};

  it("name the GitLab and carry no token of it", () => {
    const [provider, ...others] = forge.resources.filter(({ type }) => type === "pulumi:providers:gitlab");
    expect(others).toEqual([]);
    expect(provider?.inputs).toMatchObject({ baseUrl: "https://gitlab.example.com/api/v4/", retries: "5" });
    expect(provider?.inputs).not.toHaveProperty("token");
    const used = new Set(
      forge.resources.filter(({ type }) => type.startsWith("gitlab:")).map(({ provider }) => provider),
    );
    expect([...used]).toEqual([`${provider?.urn}::${provider?.id}`]);
  });

  it("give the tier, what it lacks, and each project's number by its path", () => {
    expect(stack()).toMatchObject({
      url: "https://gitlab.example.com",
      tier: "premium",
      lacking: ["immutableImages", "secretDetection"],
      groupId: ofClass(forge, "Group")[0]?.id,
      projectIds: { "ecluse/platform": idOf("platform"), "ecluse/bank-churn": idOf("bank-churn") },
    });
  });

  it("show no token in the whole plan but under a secret mark", () => {
    for (const { urn, inputs, outputs = {} } of forge.resources)
      expect(plain({ inputs, outputs }), urn).not.toMatch(new RegExp(`${botToken}|made-up-webhook`));
    expect(JSON.stringify(forge.resources)).toContain(botToken);
    expect(JSON.stringify(forge.resources)).not.toContain(ownToken);
    expect(isSecret(stack().webhookTokens ?? null)).toBe(true);
  });
});

/** JSON of a value without what is marked secret. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (isSecret(inner as never) ? "[secret]" : inner));
