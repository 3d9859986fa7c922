import { beforeAll, describe, expect, it } from "vitest";
import { isSecret } from "../../protocol/properties";
import { inputsOf, ofClass, previewForge, projectId } from "./forgePlan";
import type { Graph } from "./plan";

let forge: Graph;

beforeAll(async () => {
  forge = await previewForge();
}, 120_000);

const idOf = (name: string) => projectId(forge, name);

describe("job tokens", () => {
  it("reach the platform from the group, and a use case from the platform alone", () => {
    const group = Number(ofClass(forge, "Group")[0]?.id);
    expect(inputsOf(forge, "ProjectJobTokenScopes", "platform-job-tokens")).toMatchObject({
      project: idOf("platform"),
      enabled: true,
      targetGroupIds: [group],
      targetProjectIds: [],
    });
    expect(inputsOf(forge, "ProjectJobTokenScopes", "bank-churn-job-tokens")).toMatchObject({
      project: idOf("bank-churn"),
      enabled: true,
      targetGroupIds: [],
      targetProjectIds: [Number(idOf("platform"))],
    });
  });
});

describe("the platform's bot", () => {
  it("may push a branch and no more, for sixty days, and is renewed before", () => {
    expect(ofClass(forge, "ProjectAccessToken")).toHaveLength(1);
    expect(inputsOf(forge, "ProjectAccessToken", "platform-bot")).toMatchObject({
      project: idOf("platform"),
      scopes: ["write_repository"],
      accessLevel: "developer",
      rotationConfiguration: { expirationDays: 60, rotateBeforeDays: 20 },
    });
  });

  it("has its token where protected pipelines alone find it, masked and hidden, and replaced when it changes", () => {
    const variable = ofClass(forge, "ProjectVariable").find(
      ({ inputs }) => inputs.key === "ECLUSE_BOT_TOKEN",
    );
    expect(variable?.inputs).toMatchObject({
      project: idOf("platform"),
      environmentScope: "*",
      protected: true,
      masked: true,
      hidden: true,
      raw: true,
    });
    expect(isSecret(variable?.inputs.value ?? null)).toBe(true);
    expect(variable?.replaceOnChanges).toEqual(["value"]);
  });

  it("signs its commits with an address that GitLab knows it by", () => {
    expect(inputsOf(forge, "ProjectVariable", "platform-bot-email")).toMatchObject({
      key: "ECLUSE_BOT_EMAIL",
      value: "77-ecluse-bot@users.noreply.gitlab.example.com",
      protected: true,
      masked: false,
    });
    expect(ofClass(forge, "ProjectVariable")).toHaveLength(3);
  });

  it("lives as long as the settings say", async () => {
    const short = await previewForge({ tokenDays: 7 });
    expect(inputsOf(short, "ProjectAccessToken", "platform-bot")).toMatchObject({
      rotationConfiguration: { expirationDays: 7, rotateBeforeDays: 3 },
    });
  });
});

describe("a use case", () => {
  it("has the labels that the monitor finds its issues by, and one for each environment of this forge", () => {
    const labels = ofClass(forge, "ProjectLabel");
    expect(labels.map(({ inputs }) => inputs.name).sort()).toEqual([
      "demonstration",
      "dev",
      "ecluse-monitor",
      "prod",
    ]);
    expect(new Set(labels.map(({ inputs }) => inputs.project))).toEqual(new Set([idOf("bank-churn")]));
  });

  it("calls its webhooks over verified TLS, with a token of the receiver's own", () => {
    const [hook, ...others] = ofClass(forge, "ProjectHook");
    expect(others).toEqual([]);
    expect(hook?.inputs).toMatchObject({
      project: idOf("bank-churn"),
      url: "https://hooks.example.com/gitlab",
      enableSslVerification: true,
      issuesEvents: true,
      pipelineEvents: true,
      deploymentEvents: true,
      resourceAccessTokenEvents: true,
      pushEvents: false,
    });
    expect(isSecret(hook?.inputs.token ?? null)).toBe(true);
  });

  it("says whose it is", () => {
    expect(inputsOf(forge, "Project", "bank-churn").description).toBe(
      "Offers customers who may leave a talk; decides nothing by itself. Owner churn-owner@example.com, " +
        "team retention, risk class limited, materiality medium.",
    );
  });
});

describe("a third use case", () => {
  it("adds exactly its own, and changes nothing of the others", async () => {
    const two = await previewForge({}, ["demand"]);
    const three = await previewForge({}, ["demand", "fraud"]);
    const urns = new Set(two.resources.map(({ urn }) => urn));
    const added = three.resources.filter(({ urn }) => !urns.has(urn));
    expect(ofClass(three, "Project").map(({ name }) => name)).toEqual([
      "forge-platform",
      "forge-bank-churn",
      "forge-demand",
      "forge-fraud",
    ]);
    expect(added.length).toBe(two.resources.length - forge.resources.length);
    expect(added.map(({ name }) => name).filter((name) => !/^forge-fraud(-|$)/.test(name))).toEqual([]);
    const inputs = ({ resources }: Graph) =>
      new Map(resources.filter(({ urn }) => urns.has(urn)).map((each) => [each.urn, each.inputs]));
    expect(inputs(three)).toEqual(inputs(two));
  });
});
