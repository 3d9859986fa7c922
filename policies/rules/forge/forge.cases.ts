import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { type Context, contextOfStack } from "../../context";
import { gitlabType } from "../../gitlab";
import { credentialType } from "../../identities";
import { ciVariableCases } from "./ciVariables.cases";

const url = "https://gitlab.example.com";
const projectIds = { "ecluse/platform": "1", "ecluse/bank-churn": "2" };
const named = (stack: string, more: Properties = {}): Context =>
  contextOfStack(stack, {
    overrides: { "ecluse:forge": JSON.stringify({ url, tier: "premium", projectIds, ...more }) },
  });

const of = (kind: string, inputs: Properties, more: Partial<Sketch> = {}): Sketch => ({
  type: gitlabType(kind),
  inputs,
  ...more,
});
const provider = (baseUrl: string): Sketch => ({ type: "pulumi:providers:gitlab", inputs: { baseUrl } });
const api = provider(`${url}/api/v4/`);

const platform = of("Project", { path: "platform" }, { name: "platform", id: "1" });
const useCase = of("Project", { path: "bank-churn" }, { name: "bank-churn", id: "2" });
const label = (name: string) => of("ProjectLabel", { name, project: "2" }, { name: `label-${name}` });
const forge = [api, platform, useCase, label("prod"), label("dev")];
/** As a plan has it: GitLab gives the numbers. */
const planned = [platform, useCase].map(({ id: _, ...project }) => project);

const credential = (path: string, issuer = url): Sketch => ({
  type: credentialType,
  inputs: { issuer, subject: `project_path:${path}:ref_type:branch:ref:main` },
});
const server = (identity: Properties | typeof UNKNOWN): Sketch => ({
  type: "kubernetes:apps/v1:Deployment",
  inputs: {
    spec: {
      template: {
        spec: {
          containers: [
            {
              command: ["python", "-m", "ecluse_identity.serve"],
              env: [
                {
                  name: "ECLUSE_IDENTITY",
                  value: typeof identity === "string" ? identity : JSON.stringify(identity),
                },
              ],
            },
          ],
        },
      },
    },
  },
});
const trusts = (projects: Properties, issuer = url) =>
  server({ issuers: [{ kind: "ci", issuer }], projects });

const runner = (projectId: number | string, tag: string, name: string) =>
  of("UserRunner", { runnerType: "project_type", projectId, tagLists: [tag] }, { name });
const runners = (environment: string) => [
  runner(1, `ecluse-release-${environment}`, "release"),
  runner(2, `ecluse-${environment}`, "jobs"),
];
const build = of("UserRunner", { runnerType: "group_type", tagLists: ["ecluse-build"] }, { name: "build" });

const environment = (project: string, more: Properties = {}) =>
  of("ProjectEnvironment", { project, name: "prod", tier: "production", ...more }, { name: project });
const environments = [environment("ecluse/platform"), environment("ecluse/bank-churn")];
const ingress = (host: string): Sketch => ({
  type: "kubernetes:networking.k8s.io/v1:Ingress",
  inputs: { spec: { rules: [{ host }] } },
});
const variable = (environmentScope: string, project = "ecluse/bank-churn", key = "A") =>
  of("ProjectVariable", { project, key, environmentScope });

const prod = { prod: named("prod") };
const both = { ...prod, dev: named("dev") };

/** What each rule on the forge and its environments passes, and what it refuses. */
export const forgeCases: Cases = {
  "FRG-01": {
    contexts: prod,
    pass: { forge, prod: [api] },
    fail: [
      { forge, prod: [provider("https://gitlab.example.org/api/v4/")] },
      { forge: [provider("https://gitlab.example.org/api/v4/")], prod: [api] },
      { forge, prod: [{ type: "pulumi:providers:gitlab", inputs: {} }] },
    ],
    open: { dev: [], prod: [] },
  },
  "FRG-02": {
    contexts: prod,
    pass: {
      forge,
      prod: [
        credential("ecluse/bank-churn"),
        trusts({ 1: { path: "ecluse/platform" }, 2: { path: "ecluse/bank-churn" } }),
      ],
    },
    fail: [
      { forge, prod: [credential("ecluse/other")] },
      { forge, prod: [credential("ecluse/bank-churn", "https://gitlab.example.org")] },
      { forge, prod: [trusts({ 3: { path: "ecluse/other" } })] },
      { forge, prod: [trusts({ 3: { path: "ecluse/platform" } })] },
      { forge, prod: [trusts({ 1: { path: "ecluse/platform" } }, "https://gitlab.example.org")] },
    ],
    open: { forge: planned, prod: [trusts({ 1: { path: "ecluse/platform" } })] },
    alsoOpen: [
      { forge, prod: [{ ...credential(""), inputs: { subject: UNKNOWN, issuer: url } }] },
      { forge, prod: [credential("ecluse/bank-churn", UNKNOWN)] },
    ],
  },
  "FRG-03": {
    contexts: prod,
    pass: { forge, prod: [...environments, ...runners("prod"), build] },
    fail: [
      { forge, prod: [environment("ecluse/other")] },
      { forge, prod: [environment("other/bank-churn")] },
      { forge, prod: [runner(9, "ecluse-prod", "a")] },
      { forge, prod: [of("PipelineSchedule", { project: "ecluse/gone" })] },
      { forge: [platform], prod: [variable("prod")] },
    ],
    open: { forge, prod: [environment(UNKNOWN)] },
  },
  "FRG-04": {
    contexts: prod,
    pass: { forge, prod: [...runners("prod"), build] },
    fail: [
      { forge, prod: runners("dev") },
      { forge, prod: [runner(2, "ecluse-prod", "jobs")] },
      { forge, prod: [runner(1, "ecluse-release-prod", "release"), runner(1, "ecluse-prod", "jobs")] },
      {
        forge,
        prod: [...runners("prod"), of("UserRunner", { runnerType: "group_type", tagLists: ["ecluse-prod"] })],
      },
    ],
    open: {
      forge,
      prod: [runner(UNKNOWN, "ecluse-release-prod", "release"), runner(UNKNOWN, "ecluse-prod", "jobs")],
    },
  },
  "FRG-05": {
    contexts: { ...prod, dev: named("dev", { tier: "free" }) },
    pass: { forge, prod: [] },
    fail: [{ forge, dev: [] }],
    open: "never",
  },
  "FRG-06": {
    contexts: prod,
    pass: {
      forge,
      prod: [
        environment("ecluse/platform"),
        environment("ecluse/bank-churn", { externalUrl: "https://bank-churn.example.com" }),
        ingress("bank-churn.example.com"),
      ],
    },
    fail: [
      { forge, prod: [environments[0] as Sketch] },
      { forge, prod: [...environments, environment("ecluse/bank-churn", { name: "staging" })] },
      {
        forge,
        prod: [environment("ecluse/platform"), environment("ecluse/bank-churn", { tier: "development" })],
      },
      {
        forge,
        prod: [
          environment("ecluse/platform"),
          environment("ecluse/bank-churn", { externalUrl: "https://other.example.com" }),
          ingress("bank-churn.example.com"),
        ],
      },
      { forge: [api, platform, useCase, label("dev")], prod: environments },
    ],
    open: { forge, prod: [environment(UNKNOWN), environment("ecluse/bank-churn")] },
  },
  "FRG-07": {
    contexts: both,
    pass: {
      forge: [
        ...forge,
        of("ProjectVariable", { project: "1", key: "ECLUSE_BOT_TOKEN", environmentScope: "*" }),
      ],
      dev: [variable("dev")],
      prod: [variable("prod")],
    },
    fail: [
      { forge, dev: [variable("prod")], prod: [] },
      { forge, dev: [variable("*")], prod: [] },
      { forge, dev: [variable("pro*")], prod: [] },
      { forge, dev: [of("ProjectVariable", { key: "A" })], prod: [] },
      {
        forge: [...forge, of("ProjectVariable", { project: "2", environmentScope: "*" })],
        dev: [],
        prod: [],
      },
      { forge: [...forge, of("GroupVariable", { environmentScope: "*" })], dev: [], prod: [] },
    ],
    open: { forge, dev: [variable(UNKNOWN)], prod: [] },
  },
  "FRG-08": {
    contexts: both,
    pass: {
      forge,
      dev: [environment("ecluse/bank-churn", { name: "dev" }), ...runners("dev")],
      prod: [...environments, ...runners("prod")],
    },
    fail: [
      { forge, dev: [environment("ecluse/bank-churn")], prod: environments },
      { forge, dev: runners("prod"), prod: runners("prod") },
    ],
    open: { forge, dev: [runner(2, UNKNOWN, "jobs")], prod: runners("prod") },
  },
  ...ciVariableCases,
};
