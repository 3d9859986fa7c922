import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentSettings } from "../settings";
import { fakeFoundation, type Recorded, record, templates } from "./fixture";
import type { Foundation } from "./foundation";
import { clusterSchedules } from "./monitor";
import { clusterServing } from "./serving";
import { clusterTracking } from "./tracking";
import { clusterTraining } from "./training";

const forgeOf = ({ forge }: Foundation) =>
  forge && {
    issuer: pulumi.output("https://gitlab.example.com"),
    group: "ecluse",
    projectIds: forge.projectIds,
  };

/** Makes every workload of an environment, as its target does. */
export function everything(foundation: Foundation) {
  const { database, store, settings } = foundation;
  const grants = [
    { principal: "ci:ecluse/bank-churn:dev:train", workspace: "bank-churn", role: "dev-ci" },
  ] as const;
  const contract = { database, store: { ...store, access: () => pulumi.output("") } };
  const identity = { environment: "dev" };
  const tracking = clusterTracking(foundation, { ...contract, identity, workspaces: ["bank-churn"], grants });
  const schedules = settings.useCases.map((useCase) => ({
    ...contract,
    useCase,
    cron: "15 2 * * *",
    tracking,
    forge: forgeOf(foundation),
  }));
  clusterSchedules(foundation, schedules);
  for (const useCase of settings.useCases) {
    clusterServing(foundation, { ...contract, useCase, tracking, identity, signingPublicKey: "PEM" });
    clusterTraining(foundation, useCase);
  }
}

/** Records every workload on a fake foundation. */
export const run = (settings?: EnvironmentSettings, access?: string[]) =>
  record((options) => everything(fakeFoundation(options, settings, access)));

/** Settings without some of those of the cluster. */
export const without = (settings: EnvironmentSettings, ...keys: string[]) => ({
  ...settings,
  cluster: {
    ...settings.cluster,
    ...Object.fromEntries(keys.map((key) => [key, undefined])),
  } as EnvironmentSettings["cluster"],
});

/** The container of a role. */
export const container = (recorded: Recorded[], name: string) =>
  templates(recorded).find(({ template }) => template.spec.containers[0].name === name)?.template.spec
    .containers[0];

/** The environment of a role: values, and references where there are none. */
export const environment = (recorded: Recorded[], name: string) =>
  Object.fromEntries(
    container(recorded, name).env.map((one: { name: string; value?: string; valueFrom?: unknown }) => [
      one.name,
      one.value ?? one.valueFrom,
    ]),
  );

/** The names of the resources that one waits for. */
export const awaited = ({ options }: Recorded) =>
  (options.dependsOn as unknown as { __name: string }[]).map(({ __name }) => __name);
