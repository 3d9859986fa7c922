import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Recorded, record, rolledOut, testSettings } from "../kubernetes/fixture";
import { register, rootName, treeOf, withoutProvider } from "../local/fixture";
import type { EnvironmentSettings, GitlabSettings, Tier } from "../settings";
import { gitlabForge } from "./environment";

const warned = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
afterEach(() => warned.mockClear());

const gitlab = (changes: Partial<GitlabSettings> = {}): GitlabSettings => ({
  url: "https://gitlab.example.com",
  tier: "premium",
  group: "acme/ecluse",
  projectIds: { "acme/ecluse/platform": "1", "acme/ecluse/bank-churn": "7" },
  tokenDays: 30,
  ...changes,
});

const job = {
  name: "dev-bank-churn-train",
  role: "train",
  namespace: "dev-bank-churn-ci",
  useCase: "bank-churn",
} as const;

/** What an environment makes at GitLab, and whether its monitor gets a token. */
async function made(tier: Tier, forge: GitlabSettings, changes: Partial<EnvironmentSettings> = {}) {
  let token: unknown;
  const recorded = await record(({ parent }) => {
    const settings = testSettings({ tier, forge, ...changes });
    const made = gitlabForge(settings, parent);
    const [useCase] = settings.useCases;
    if (!made || !useCase) throw new Error("a GitLab and a use case were given");
    token = made.issueToken("bank-churn", parent);
    made.runner(job, parent);
    const variables = { MLFLOW_TRACKING_URI: "http://tracking" };
    made.registerProject({ useCase, variables, url: "https://bank-churn.example.com" }, parent);
  });
  return { recorded, token };
}

const of = (recorded: readonly Recorded[], kind: string) =>
  recorded.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);

describe("an environment at its GitLab", () => {
  it("asks a maintainer before production deploys, in the platform's project and the use case's", async () => {
    const { recorded } = await made("production", gitlab());
    expect(of(recorded, "ProjectProtectedEnvironment")).toMatchObject(
      ["acme/ecluse/platform", "acme/ecluse/bank-churn"].map((project) => ({
        project,
        environment: "dev",
        deployAccessLevelsAttributes: [{ accessLevel: "maintainer" }],
        approvalRules: [{ accessLevel: "maintainer", requiredApprovals: 1 }],
      })),
    );
    expect(warned).not.toHaveBeenCalled();
  });

  it("leaves out what the tier lacks in production, and says what is lost and what stands in", async () => {
    const { recorded, token } = await made("production", gitlab({ tier: "free" }));
    expect(of(recorded, "ProjectProtectedEnvironment")).toEqual([]);
    expect(token).toBeDefined();
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(
        /free lacks protectedEnvironments\. Lost: approvals of .* In its place: protected main, a manual job/,
      ),
    ]);
  });

  it("gives the monitor no token where the GitLab knows none of projects", async () => {
    const { recorded, token } = await made("production", gitlab({ url: "https://gitlab.com", tier: "free" }));
    expect([token, of(recorded, "ProjectAccessToken")]).toEqual([undefined, []]);
    expect(warned.mock.calls.map(([text]) => String(text)).join()).toContain("lacks projectTokens");
  });

  it("trusts a number that was reviewed, and looks up one that nobody has written", async () => {
    const pinned = await made("development", gitlab());
    expect(of(pinned.recorded, "UserRunner")[0]?.projectId).toBe(7);
    const found = await made("development", gitlab({ projectIds: {} }));
    expect(of(found.recorded, "UserRunner")[0]?.projectId).toBe(4711);
  });

  it("protects variables in production alone, for branches run in development", async () => {
    for (const tier of ["development", "production"] as const) {
      const { recorded } = await made(tier, gitlab());
      expect(of(recorded, "ProjectVariable")).toMatchObject([
        { environmentScope: "dev", protected: tier === "production", raw: true, masked: false },
      ]);
    }
  });

  it("retrains by schedule where the settings say when, or that the monitor may ask, in production", async () => {
    const changes = { retrainCron: "0 4 * * 0", monitorRetrains: true };
    const recorded = async (tier: Tier) => (await made(tier, gitlab(), changes)).recorded;
    const production = await recorded("production");
    expect(of(production, "PipelineSchedule").map(({ cron, ref }) => [cron, ref])).toEqual([
      ["15 2 * * *", "refs/heads/main"],
      ["47 * * * *", "refs/heads/main"],
      ["0 4 * * 0", "refs/heads/main"],
    ]);
    const values = JSON.stringify(of(production, "PipelineScheduleVariable"));
    for (const task of ["monitor", "asked", "retrain"]) expect(values).toContain(`"value":"${task}"`);
    expect(of(production, "PipelineTrigger")).toEqual([]);
    expect(of(await recorded("development"), "PipelineSchedule")).toEqual([]);
  });

  it("has the platform's project decide on challengers by schedule, in any tier that has rollouts", async () => {
    const { useCases } = rolledOut(testSettings());
    const { recorded } = await made("development", gitlab(), { useCases });
    expect(of(recorded, "PipelineSchedule")).toMatchObject([
      { project: "acme/ecluse/platform", ref: "refs/heads/main", cron: "*/10 * * * *", takeOwnership: true },
    ]);
    const variables = of(recorded, "PipelineScheduleVariable").map(({ key, value }) => [key, value.value]);
    expect(variables.sort()).toEqual([
      ["ECLUSE_ENVIRONMENT", "dev"],
      ["ECLUSE_TASK", "rollout"],
      ["ECLUSE_USE_CASE", "bank-churn"],
    ]);
  });

  it("has a component as the parent of every resource", async () => {
    const registered = await register((parent) => {
      const settings = testSettings({ tier: "production", forge: gitlab() });
      const made = gitlabForge(settings, parent);
      const [useCase] = settings.useCases;
      if (!made || !useCase) throw new Error("a GitLab and a use case were given");
      made.issueToken("bank-churn", parent);
      made.runner(job, parent);
      made.registerProject(
        { useCase, variables: { A_B: "c" }, url: "https://bank-churn.example.com" },
        parent,
      );
    });
    expect(withoutProvider(registered)).toEqual([]);
    expect(treeOf(registered)).toEqual({
      [rootName]: [
        "ProjectAccessToken dev-bank-churn-monitor-token",
        "ProjectEnvironment dev-bank-churn-project",
        "ProjectEnvironment dev-platform-project",
        "UserRunner dev-bank-churn-train-runner",
        "gitlab dev-gitlab",
      ],
      "dev-platform-project": [
        "ProjectEnvironment dev-platform-project",
        "ProjectProtectedEnvironment dev-platform-project-protection",
      ],
      "dev-bank-churn-project": [
        "PipelineSchedule dev-bank-churn-project-monitor",
        "PipelineScheduleVariable dev-bank-churn-project-monitor-ecluse-environment",
        "PipelineScheduleVariable dev-bank-churn-project-monitor-ecluse-task",
        "ProjectEnvironment dev-bank-churn-project",
        "ProjectProtectedEnvironment dev-bank-churn-project-protection",
        "ProjectVariable dev-bank-churn-project-a-b",
      ],
    });
  });
});
