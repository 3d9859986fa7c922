import { type Properties, UNKNOWN } from "../../../protocol/properties";
import { type Cases, inDays, type Sketch } from "../../cases";

const tags = {
  owner: "o",
  "cost-center": "c",
  environment: "prod",
  "data-classification": "confidential",
  "managed-by": "pulumi",
};
const azure = (type: string, inputs: Properties): Sketch => ({ type: `azure-native:${type}`, inputs });
const vault = (inputs: Properties) => azure("keyvault:Vault", inputs);
const without = (tag: string) => Object.fromEntries(Object.entries(tags).filter(([key]) => key !== tag));

const groupId = "/subscriptions/s/resourceGroups/g";
const group: Sketch = { type: "azure-native:resources:ResourceGroup", id: groupId };
const lockable: Sketch = { type: "azure-native:keyvault:Vault", id: `${groupId}/vault` };
const locked = (level: string, scope = `${groupId}/vault`): Sketch => ({
  type: "azure-native:authorization:ManagementLockByScope",
  inputs: { level, scope },
});
const notification = (more: Properties = {}) => ({
  enabled: true,
  thresholdType: "Forecasted",
  contactEmails: ["a@example.com"],
  ...more,
});
const budget = (more: Properties = {}) =>
  azure("consumption:Budget", {
    scope: groupId,
    notifications: { a: notification() },
    timePeriod: { endDate: inDays(365) },
    ...more,
  });

const useCase = (name: string, protect: boolean): Sketch => ({
  ...{ type: "ecluse:index:UseCase", name: `prod-${name}`, protect },
});

const ignoring = (...ignoreChanges: string[]): Sketch => ({
  type: "azure-native:keyvault:Vault",
  ignoreChanges,
});
const annotations = {
  owner: "a@example.com",
  team: "t",
  purpose: "p",
  "risk-class": "high",
  materiality: "medium",
  "review-by": inDays(100),
};
const namespace = (more: Properties, useCase = "bank-churn"): Sketch => ({
  type: "kubernetes:core/v1:Namespace",
  inputs: {
    metadata: {
      labels: { "ecluse.local/use-case": useCase },
      annotations: Object.fromEntries(
        Object.entries({ ...annotations, ...more }).map(([key, value]) => [`ecluse.local/${key}`, value]),
      ),
    },
  },
});
const exemption = {
  expiresOn: inDays(90),
  exemptionCategory: "Waiver",
  description: "d",
  metadata: { owner: "o", ticket: "t" },
};

/** What each rule on governance passes, and what it refuses. */
export const governanceCases: Cases = {
  "GOV-01": {
    pass: [vault({ tags })],
    fail: [
      [vault({})],
      ...Object.keys(tags).map((tag) => [vault({ tags: without(tag) })]),
      [azure("search:Service", {})],
    ],
    open: [vault({ tags: UNKNOWN })],
    notApplicable: [azure("network:Subnet", {}), { type: "random:index/randomBytes:RandomBytes" }],
  },
  "GOV-02": {
    pass: [vault({ tags })],
    fail: [[vault({ tags: { environment: "dev" } })], [vault({})]],
    open: [vault({ tags: { environment: UNKNOWN } })],
  },
  "GOV-03": {
    pass: [vault({ location: "France Central" }), vault({ location: "global" })],
    fail: [[vault({ location: "eastus" })]],
    open: [vault({ location: UNKNOWN })],
    notApplicable: [azure("network:Subnet", {})],
  },
  "GOV-04": {
    pass: [
      group,
      budget({ notifications: { a: notification(), b: notification({ thresholdType: "Actual" }) } }),
    ],
    fail: [
      [group],
      [group, budget({ scope: "/subscriptions/s/resourceGroups/other" })],
      [group, budget({ notifications: { a: notification({ enabled: false }) } })],
      [group, budget({ notifications: { a: notification({ thresholdType: "Actual" }) } })],
      [group, budget({ notifications: { a: notification({ contactEmails: [] }) } })],
      [group, budget({ notifications: {} })],
      [group, budget({ timePeriod: { endDate: "2020-01-01T00:00:00Z" } })],
      [group, budget({ timePeriod: {} })],
    ],
    open: [group, budget({ notifications: UNKNOWN })],
  },
  "GOV-05": {
    pass: { type: "azure-native:keyvault:Vault", inputs: {}, protect: true },
    fail: [
      { type: "azure-native:keyvault:Vault", inputs: {}, protect: false },
      { type: "kubernetes:postgresql.cnpg.io/v1:Cluster", inputs: {} },
    ],
    open: "never",
  },
  "GOV-06": {
    pass: [ignoring("subnets"), ignoring("properties.attributes.expires"), ignoring("spec.replicas")],
    fail: [
      [ignoring("*")],
      [ignoring("properties")],
      [ignoring("properties.publicNetworkAccess")],
      [ignoring("spec.template.spec.containers[0].securityContext")],
    ],
    open: "never",
    notApplicable: [{ type: "azure-native:keyvault:Vault" }],
  },
  "GOV-07": {
    pass: [namespace({})],
    fail: [
      ...Object.keys(annotations).map((key) => [namespace({ [key]: "" })]),
      [namespace({ "risk-class": "none" })],
      [namespace({ materiality: "none" })],
      [namespace({ "review-by": "2020-01-31" })],
    ],
    open: [namespace({ purpose: UNKNOWN })],
    notApplicable: [namespace({ owner: "" }, "platform")],
  },
  "GOV-08": {
    pass: exemption,
    fail: [
      { ...exemption, expiresOn: inDays(200) },
      { ...exemption, expiresOn: inDays(-1) },
      { ...exemption, description: "" },
      { ...exemption, metadata: { owner: "o" } },
      {},
    ],
  },
  "GOV-09": {
    pass: [lockable, locked("CanNotDelete")],
    fail: [
      [lockable],
      [lockable, locked("NotSpecified")],
      [lockable, locked("CanNotDelete", `${groupId}/other`)],
    ],
    open: [lockable, locked(UNKNOWN)],
    notApplicable: [group],
  },
  "GOV-10": {
    pass: [useCase("bank-churn", true)],
    fail: [[useCase("bank-churn", false)], [useCase("bank-churn", true), useCase("fraud", false)]],
    open: "never",
    notApplicable: [group],
  },
};
