import { beforeAll, describe, expect, it } from "vitest";
import { pluginSettings } from "../../local/engine/provider-resources";
import { secretStrings } from "../../protocol/properties";
import { at, type Graph, graph, ofType, type Planned, textAt } from "./plan";

const stacks = ["dev", "prod", "onprem-dev", "onprem-prod"] as const;

describe.each(stacks)("the side of GitLab that %s makes", (stack) => {
  const production = stack.endsWith("prod");
  const environment = production ? "prod" : "dev";
  let found: Graph;
  const gitlab = (kind: string) =>
    ofType(found, `gitlab:index/${kind[0]?.toLowerCase()}${kind.slice(1)}:${kind}`);
  const inputs = (kind: string, key: string) => gitlab(kind).map((each: Planned) => at(each.inputs, key));

  beforeAll(async () => {
    found = await graph(stack);
  }, 240_000);

  it("is this environment alone: in the platform's project and the use case's, with its tier", () => {
    expect(
      gitlab("ProjectEnvironment").map((each) => [textAt(each, "project"), textAt(each, "tier")]),
    ).toEqual([
      ["ecluse/platform", production ? "production" : "development"],
      ["ecluse/bank-churn", production ? "production" : "development"],
    ]);
    expect(new Set(inputs("ProjectEnvironment", "name"))).toEqual(new Set([environment]));
    const scopes = gitlab("ProjectVariable").map((each) => textAt(each, "environmentScope"));
    expect(new Set(scopes)).toEqual(new Set([environment]));
  });

  it("gives jobs addresses, and no secret; production's own are for protected branches", () => {
    const keys = gitlab("ProjectVariable").map((each) => textAt(each, "key"));
    expect(keys.sort()).toEqual(
      [
        ...(stack === "prod" ? ["ECLUSE_AZURE_CLIENT_ID", "ECLUSE_AZURE_TENANT_ID"] : []),
        "ECLUSE_DATA_URL",
        "ECLUSE_ENVIRONMENT",
        "ECLUSE_USE_CASE",
        "MLFLOW_TRACKING_URI",
        "MLFLOW_WORKSPACE",
      ].sort(),
    );
    for (const each of gitlab("ProjectVariable"))
      expect([at(each.inputs, "protected"), at(each.inputs, "raw")], textAt(each, "key")).toEqual([
        production,
        true,
      ]);
  });

  it("has a runner for each project, by tag, locked, and in production for protected branches", () => {
    const flags = gitlab("UserRunner").map(({ inputs: { projectId, tagLists, accessLevel } }) => [
      projectId,
      tagLists,
      accessLevel,
    ]);
    expect(flags).toEqual(
      expect.arrayContaining([
        [1, [`ecluse-release-${environment}`], "ref_protected"],
        [2, [`ecluse-${environment}`], production ? "ref_protected" : "not_protected"],
        // Of the group, and so of no one project.
        ...(production ? [] : [[undefined, ["ecluse-build"], "ref_protected"]]),
      ]),
    );
    expect(flags).toHaveLength(production ? 2 : 3);
    for (const { inputs: each } of gitlab("UserRunner"))
      expect(each).toMatchObject({
        runnerType: each.projectId ? "project_type" : "group_type",
        untagged: false,
        locked: true,
        paused: false,
      });
  });

  it("starts the monitor's pipeline of the protected branch in production, and none elsewhere", () => {
    expect(inputs("PipelineSchedule", "ref")).toEqual(production ? ["refs/heads/main"] : []);
    expect(inputs("PipelineSchedule", "cron")).toEqual(production ? ["15 2 * * *"] : []);
    expect(
      gitlab("PipelineScheduleVariable")
        .map((each) => textAt(each, "key"))
        .sort(),
    ).toEqual(production ? ["ECLUSE_ENVIRONMENT", "ECLUSE_TASK"] : []);
  });

  it("gives the monitor a token that expires, of the lowest level that writes issues", () => {
    expect(gitlab("ProjectAccessToken").map((each) => each.inputs)).toMatchObject([
      {
        project: "ecluse/bank-churn",
        scopes: ["api"],
        accessLevel: "reporter",
        rotationConfiguration: { expirationDays: 60, rotateBeforeDays: 20 },
      },
    ]);
  });

  it("is made by a provider without a token: none is in the state", () => {
    const [provider] = ofType(found, "pulumi:providers:gitlab");
    expect(Object.keys(pluginSettings(provider?.inputs ?? {})).sort()).toEqual(["baseUrl", "retries"]);
  });

  it("keeps its tokens from people: what has one is secret", () => {
    const holders = stack.startsWith("onprem")
      ? ofType(found, "kubernetes:core/v1:Secret").filter((each) =>
          textAt(each, "metadata.name").endsWith("-token"),
        )
      : ofType(found, "azure-native:keyvault:Secret").filter((each) =>
          textAt(each, "secretName").endsWith("-token"),
        );
    expect(holders).toHaveLength(production ? 3 : 4);
    for (const each of holders) {
      const value = textAt(each, "properties.value") || textAt(each, "stringData.token");
      expect(value, each.urn).toMatch(/^placeholder-/);
      expect(secretStrings(each.inputs), each.urn).toContain(value);
    }
  });
});
