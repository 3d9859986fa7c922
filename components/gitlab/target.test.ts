import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { Forge } from "../forge";
import { testSettings } from "../kubernetes/fixture";
import { type Registered, register, treeOf, withoutProvider } from "../local/fixture";
import type { GitlabForgeSettings } from "../settings";
import { target } from "./target";

vi.spyOn(pulumi.log, "warn").mockResolvedValue();

const gitlab = (changes: Partial<GitlabForgeSettings> = {}): GitlabForgeSettings => ({
  url: "https://gitlab.example.com",
  tier: "ultimate",
  edition: "enterprise",
  group: "acme",
  approvals: 2,
  tokenDays: 30,
  registryDatabase: true,
  webhooks: [{ name: "operations", url: "https://hooks.example.com" }],
  freezePeriods: [{ name: "weekend", start: "0 17 * * 5", end: "0 8 * * 1", timezone: "Europe/Paris" }],
  ...changes,
});

async function made(settings = gitlab(), names = ["forge"]): Promise<Registered[]> {
  const { forge } = target;
  if (!forge) throw new Error("the target makes a forge");
  const { stack, useCases, ports } = testSettings();
  const forgeSettings = {
    kind: "forge",
    stack,
    target: "gitlab",
    useCases,
    ports,
    gitlab: settings,
  } as const;
  const outputs = {
    "gitlab:index/projectAccessToken:ProjectAccessToken": { token: "glpat-secret", userId: 7 },
  };
  return register((parent) => {
    const args = { settings: forgeSettings, target: { forge }, environments: ["dev"] };
    for (const name of names) new Forge(name, args, { parent });
  }, outputs);
}

/** What every project has, by the name of its component. */
const protections = (name: string) => [
  `BranchProtection ${name}-main`,
  `Project ${name}`,
  `ProjectApprovalRule ${name}-approval-rule`,
  `ProjectContainerRepositoryProtection ${name}-images`,
  `ProjectContainerTagProtection ${name}-image-tags`,
  `ProjectFreezePeriod ${name}-freeze-weekend`,
  `ProjectJobTokenScopes ${name}-job-tokens`,
  `ProjectLevelMrApprovals ${name}-approvals`,
  `ProjectPushRules ${name}-push-rules`,
  `TagProtection ${name}-release-tags`,
];

describe("a forge at a GitLab", () => {
  it("has a component as the parent of every resource", async () => {
    const registered = await made();
    expect(withoutProvider(registered)).toEqual([]);
    expect(treeOf(registered)).toEqual({
      root: ["Forge forge"],
      forge: [
        "ForgeProject forge-bank-churn",
        "ForgeProject forge-platform",
        "Group forge-group",
        "WebhookTokens forge-webhooks",
        "gitlab forge-gitlab",
      ],
      "forge-group": ["Group forge-group"],
      "forge-webhooks": ["RandomPassword forge-webhooks-operations", "random forge-webhooks"],
      "forge-platform": ["Bot forge-platform-bot", ...protections("forge-platform")].sort(),
      "forge-platform-bot": [
        "ProjectAccessToken forge-platform-bot",
        "ProjectVariable forge-platform-bot-email",
        "ProjectVariable forge-platform-bot-name",
        "ProjectVariable forge-platform-bot-token",
      ],
      "forge-bank-churn": [
        ...protections("forge-bank-churn"),
        "ProjectHook forge-bank-churn-hook-operations",
        "ProjectLabel forge-bank-churn-label-demonstration",
        "ProjectLabel forge-bank-churn-label-dev",
        "ProjectLabel forge-bank-churn-label-ecluse-monitor",
      ].sort(),
    });
  });

  it("is one of several in a program, since every name begins with its own", async () => {
    const names = (await made(gitlab(), ["one", "other"])).map(({ type, name }) => `${type} ${name}`);
    expect(names.filter((each) => !/ (one|other)(-|$)/.test(each))).toEqual([]);
    expect(names.filter((each, at) => names.indexOf(each) !== at)).toEqual([]);
  });

  it("keeps the bot's token masked, hidden and for protected branches, and its name in the open", async () => {
    const variables = (await made()).filter(({ type }) => type.endsWith(":ProjectVariable"));
    const shown = variables.map(({ inputs }) => [inputs.key, inputs.masked, inputs.hidden, inputs.protected]);
    expect(shown.sort()).toEqual([
      ["ECLUSE_BOT_EMAIL", false, false, true],
      ["ECLUSE_BOT_NAME", false, false, true],
      ["ECLUSE_BOT_TOKEN", true, true, true],
    ]);
  });

  it("makes no bot and no webhooks where there are none", async () => {
    const settings = gitlab({ url: "https://gitlab.com", tier: "free", webhooks: [] });
    const tree = treeOf(await made(settings));
    expect(tree.forge).not.toContain("WebhookTokens forge-webhooks");
    expect(tree["forge-platform"]?.filter((name) => name.startsWith("Bot"))).toEqual([]);
  });
});
