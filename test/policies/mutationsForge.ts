import { gitlabType } from "../../policies/gitlab";
import type { Mutation } from "./mutation";
import { added, broken, object, type Place } from "./place";

const of = (stack: string, kind: string, name?: string): Place => ({ stack, type: gitlabType(kind), name });
const withForge = { with: "forge" } as const;
const withDev = { with: "dev" } as const;
const inProd = (kind: string, name?: string) => ({ ...of("prod", kind, name), ...withForge });
const inForge = (kind: string, name?: string) => ({ ...of("forge", kind, name), with: "prod" });

const provider = { type: "pulumi:providers:gitlab" };
const elsewhere = { baseUrl: "https://gitlab.example.org/api/v4/" };
const credential = {
  stack: "prod",
  type: "azure-native:managedidentity:FederatedIdentityCredential",
  name: "identities-release-gitlab",
  ...withForge,
};
const server = { ...object("apps/v1:Deployment", "tracking"), ...withForge };
const environment = inProd("ProjectEnvironment", "bank-churn-project");
const runner = inProd("UserRunner", "bank-churn-train-runner");
const release = inProd("UserRunner", "release-runner");
const variable = of("dev", "ProjectVariable", "bank-churn-project-ecluse-data-url");
const jobs = { ...credential, name: "identities-bank-churn-ci-gitlab" };
const schedule = inProd("PipelineSchedule", "bank-churn-project-monitor");
const inDev = (key: string) => ({
  ...of("dev", "ProjectVariable", `bank-churn-project-${key}`),
  ...withForge,
});
/** The CI variables that jobs of a use case read in every environment; in production those of its cloud, too. */
const variables = [
  "ecluse-environment",
  "ecluse-use-case",
  "ecluse-data-url",
  "mlflow-tracking-uri",
  "mlflow-workspace",
];
const ofCloud = ["ecluse-azure-client-id", "ecluse-azure-tenant-id"];

const trusts = (projects: object, issuer = "https://gitlab.example.com") => ({
  "spec.template.spec.containers.0.env.ECLUSE_IDENTITY.value": JSON.stringify({
    issuers: [{ kind: "ci", issuer }],
    projects,
  }),
});
const branch = (path: string) => `project_path:${path}:ref_type:branch:ref:main`;

const rows: (Mutation | Mutation[])[] = [
  broken({ stack: "prod", ...provider, ...withForge }, "FRG-01", elsewhere, { baseUrl: undefined }),
  broken({ stack: "forge", ...provider, with: "prod" }, "FRG-01", elsewhere),
  broken(credential, "FRG-02", { subject: branch("ecluse/other") }, { issuer: "https://gitlab.example.org" }),
  broken(
    server,
    "FRG-02",
    trusts({ 9: { path: "ecluse/platform" } }),
    trusts({ 3: { path: "ecluse/other" } }),
  ),
  broken(server, "FRG-02", trusts({}, "https://gitlab.example.org")),
  { ...inForge("Project", "bank-churn"), rule: "FRG-02", drop: true },
  broken(inForge("Project", "bank-churn"), "FRG-02", { path: "churn" }),
  broken(environment, "FRG-03", { project: "ecluse/other" }, { project: "other/bank-churn" }),
  broken(inProd("ProjectVariable", "bank-churn-project-ecluse-data-url"), "FRG-03", {
    project: "ecluse/churn",
  }),
  broken(inProd("PipelineSchedule"), "FRG-03", { project: "ecluse/retention" }),
  broken(runner, "FRG-03", { projectId: 77 }, { projectId: undefined }),
  { ...inForge("Project", "bank-churn"), rule: "FRG-03", drop: true },
  broken(runner, "FRG-04", { tagLists: ["ecluse-dev"] }, { tagLists: ["ecluse-prod", "ecluse-dev"] }),
  broken(runner, "FRG-04", { projectId: 1 }, { tagLists: ["docker"] }),
  broken(release, "FRG-04", { tagLists: ["ecluse-prod"] }, { projectId: 2 }),
  { ...runner, rule: "FRG-04", drop: true },
  { ...release, rule: "FRG-04", drop: true },
  broken({ ...of("dev", "UserRunner", "build-runner"), ...withForge }, "FRG-04", {
    tagLists: ["ecluse-prod"],
  }),
  broken(environment, "FRG-06", { name: "production" }, { tier: "staging" }, { tier: undefined }),
  broken(environment, "FRG-06", { externalUrl: "https://bank-churn.example.org" }),
  { ...environment, rule: "FRG-06", drop: true },
  { ...inForge("ProjectLabel", "bank-churn-label-prod"), rule: "FRG-06", drop: true },
  broken({ ...variable, with: "prod" }, "FRG-07", { environmentScope: "prod" }, { environmentScope: "*" }),
  broken(
    { ...variable, with: "prod" },
    "FRG-07",
    { environmentScope: "p*d" },
    { environmentScope: undefined },
  ),
  { ...added(of("forge", "GroupVariable"), "FRG-07", { environmentScope: "*" }), with: "prod" },
  broken(inForge("ProjectVariable", "platform-bot-name"), "FRG-07", { project: "2" }),
  {
    ...of("prod", "UserRunner", "bank-churn-train-runner"),
    ...withDev,
    rule: "FRG-08",
    copied: ["tagLists"],
  },
  { ...environment, ...withDev, rule: "FRG-08", copied: ["name"] },
  { ...inProd("ProjectVariable"), rule: "FRG-09", drop: true },
  variables.map((key) => ({ ...inDev(key), rule: "FRG-09", drop: true })),
  [...variables, ...ofCloud].map((key) => ({
    ...inProd("ProjectVariable", `bank-churn-project-${key}`),
    rule: "FRG-09",
    drop: true,
  })),
  broken(inDev("ecluse-data-url"), "FRG-09", { project: "ecluse/platform" }, { environmentScope: "prod" }),
  broken(inDev("ecluse-environment"), "FRG-09", { value: "prod" }, { key: "ENVIRONMENT" }),
  [credential, jobs].map((each) => ({ ...each, rule: "FRG-09", drop: true })),
  broken(jobs, "FRG-09", { subject: branch("ecluse/platform") }, { issuer: "https://gitlab.example.org" }),
  { ...schedule, rule: "FRG-10", drop: true },
  ["ecluse-task", "ecluse-environment"].map((key) => ({
    ...inProd("PipelineScheduleVariable", `bank-churn-project-monitor-${key}`),
    rule: "FRG-10",
    drop: true,
  })),
  broken(schedule, "FRG-10", { active: false }, { cron: "15 2 1 1 *" }, { project: "ecluse/platform" }),
  broken(inProd("PipelineScheduleVariable", "bank-churn-project-monitor-ecluse-environment"), "FRG-10", {
    value: "dev",
  }),
];

/** What an environment and the forge must agree on, broken as people break it. */
export const forgeMutations: readonly Mutation[] = rows.flat();
