import { type Properties, secret, UNKNOWN } from "../../../protocol/properties";
import { type Cases, type Sketch, urnOf } from "../../cases";
import { type Context, contextOfStack } from "../../context";
import { gitlabType } from "../../gitlab";
import { credentialType, identityType } from "../../identities";

const url = "https://gitlab.example.com";
const tenantId = "00000000-0000-0000-0000-0000000000ff";
const context = (more: Readonly<Record<string, string>> = {}): Context =>
  contextOfStack("prod", {
    overrides: { "ecluse:forge": JSON.stringify({ url, tier: "premium", projectIds: {} }), ...more },
  });
const contexts = { prod: context() };
const accountability = {
  ...{ owner: "ada", team: "churn", purpose: "asks who leaves" },
  ...{ riskClass: "limited", materiality: "medium", reviewBy: "2099-01-01" },
};
/** The use case of production, with rollouts. */
const useCase = { name: "bank-churn", contract: { target: "exited", id: "customer_id" }, accountability };
const retrained = {
  prod: context({
    "ecluse:retrainCron": "0 4 * * 0",
    "ecluse:monitorRetrains": "true",
    "ecluse:useCases": JSON.stringify([{ ...useCase, rollout: {} }]),
  }),
};

const of = (kind: string, inputs: Properties, more: Partial<Sketch> = {}): Sketch => ({
  type: gitlabType(kind),
  inputs,
  ...more,
});
const forge = ["platform", "bank-churn"].map((path) => of("Project", { path }, { name: path }));
const project = "ecluse/bank-churn";

const values: Properties = {
  ECLUSE_ENVIRONMENT: "prod",
  ECLUSE_USE_CASE: "bank-churn",
  ECLUSE_DATA_URL: secret("https://store.example.com/data"),
  MLFLOW_TRACKING_URI: "https://tracking.example.com",
  MLFLOW_WORKSPACE: "bank-churn",
  ECLUSE_AZURE_CLIENT_ID: "c",
  ECLUSE_AZURE_TENANT_ID: tenantId,
};
const variable = (key: string, more: Properties = {}) =>
  of(
    "ProjectVariable",
    { project, key, value: values[key] ?? "", environmentScope: "prod", ...more },
    { name: key },
  );
const keys = Object.keys(values);
/** All variables, but that one is another, or none. */
const but = (key: string, more?: Properties) =>
  keys.flatMap((each) => (each !== key ? [variable(each)] : more ? [variable(each, more)] : []));
const all = but("");
/** As a plan has it: what Azure gives is known by what it comes from. */
const planned: Sketch = {
  ...variable("ECLUSE_AZURE_CLIENT_ID", { value: UNKNOWN }),
  propertyDependencies: { value: [urnOf(identityType, "jobs")] },
};

const trust = (path: string, more: Properties = {}): Sketch => ({
  type: credentialType,
  name: path,
  inputs: { issuer: url, subject: `project_path:${path}:ref_type:branch:ref:main`, ...more },
});
const trusts = [trust("ecluse/platform"), trust(project)];

const schedule = (task: string, cron: string, more: Properties = {}) =>
  of("PipelineSchedule", { project, cron, active: true, ...more }, { name: task });
const scheduleVariable = (task: string, key: string, value: string) =>
  of(
    "PipelineScheduleVariable",
    { key, value, pipelineScheduleId: UNKNOWN },
    {
      name: `${task}-${key}`,
      propertyDependencies: { pipelineScheduleId: [urnOf(gitlabType("PipelineSchedule"), task)] },
    },
  );
const variablesFor = (task: string, environment = "prod") => [
  scheduleVariable(task, "ECLUSE_TASK", task),
  scheduleVariable(task, "ECLUSE_ENVIRONMENT", environment),
];
const monitor = schedule("monitor", "15 2 * * *");
const retrain = schedule("retrain", "0 4 * * 0");
const asked = schedule("asked", "47 * * * *");
const asking = [asked, ...variablesFor("asked")];
const deciding = [
  schedule("rollout", "*/10 * * * *", { project: "ecluse/platform" }),
  ...variablesFor("rollout"),
  scheduleVariable("rollout", "ECLUSE_USE_CASE", "bank-churn"),
];
const scheduled = [
  ...[monitor, ...variablesFor("monitor"), retrain, ...variablesFor("retrain"), ...asking, ...deciding],
];

/** What the rules on what jobs at the forge need of an environment pass, and what they refuse. */
export const ciVariableCases: Cases = {
  "FRG-09": {
    contexts,
    pass: { forge, prod: [...but("ECLUSE_AZURE_CLIENT_ID"), planned, ...trusts] },
    fail: [
      { forge, prod: trusts },
      ...keys.map((key) => ({ forge, prod: [...but(key), ...trusts] })),
      ...keys.map((key) => ({ forge, prod: [...but(key, { value: "" }), ...trusts] })),
      { forge, prod: [...but("ECLUSE_ENVIRONMENT", { value: "dev" }), ...trusts] },
      { forge, prod: [...but("MLFLOW_WORKSPACE", { value: "retention" }), ...trusts] },
      { forge, prod: [...but("ECLUSE_DATA_URL", { environmentScope: "dev" }), ...trusts] },
      { forge, prod: [...but("ECLUSE_DATA_URL", { project: "ecluse/platform" }), ...trusts] },
      ...trusts.map((each) => ({ forge, prod: [...all, ...trusts.filter((other) => other !== each)] })),
      { forge, prod: [...all, trust("ecluse/platform"), trust(project, { issuer: "https://other" })] },
    ],
    open: { forge, prod: [...but("ECLUSE_DATA_URL", { value: secret(UNKNOWN) }), ...trusts] },
    alsoOpen: [
      ...["key", "project", "environmentScope"].map((property) => ({
        forge,
        prod: [...but("MLFLOW_WORKSPACE", { [property]: UNKNOWN }), ...trusts],
      })),
      ...["subject", "issuer"].map((property) => ({
        forge,
        prod: [...all, trust("ecluse/platform"), trust(project, { [property]: UNKNOWN })],
      })),
    ],
  },
  "FRG-10": {
    contexts: retrained,
    pass: { forge, prod: scheduled },
    fail: [
      { forge, prod: [] },
      { forge, prod: [monitor, ...variablesFor("monitor"), ...asking, ...deciding] },
      { forge, prod: [retrain, ...variablesFor("retrain"), ...asking, ...deciding] },
      {
        forge,
        prod: [...scheduled.slice(0, -1), scheduleVariable("rollout", "ECLUSE_USE_CASE", "retention")],
      },
      ...scheduled.map((each) => ({ forge, prod: scheduled.filter((other) => other !== each) })),
      { forge, prod: [...scheduled, schedule("nightly", "0 1 * * *", { active: false })] },
      {
        forge,
        prod: [schedule("monitor", "15 2 * * *", { active: false }), ...scheduled.slice(1)],
      },
      { forge, prod: [monitor, ...variablesFor("monitor", "dev"), ...scheduled.slice(3)] },
      {
        forge,
        prod: [schedule("monitor", "15 2 1 * *"), ...scheduled.slice(1)],
      },
      {
        forge,
        prod: [schedule("monitor", "15 2 * * *", { project: "ecluse/platform" }), ...scheduled.slice(1)],
      },
    ],
    open: {
      forge,
      prod: [...scheduled, schedule("nightly", "0 1 * * *", { active: UNKNOWN })],
    },
    alsoOpen: [
      ...["cron", "project"].map((property) => ({
        forge,
        prod: [schedule("monitor", "15 2 * * *", { [property]: UNKNOWN }), ...scheduled.slice(1)],
      })),
      { forge, prod: [monitor, ...variablesFor("monitor", UNKNOWN), ...scheduled.slice(3)] },
    ],
  },
};
