import * as pulumi from "@pulumi/pulumi";
import type { ClusterSettings, EnvironmentSettings } from "../settings";
import { ClusterEnvironment } from "./environment";
import { fakeFoundation, type Recorded, record, templates, testSettings } from "./fixture";
import type { Foundation } from "./foundation";

/** The environment of these settings on a foundation. */
export const clusterEnvironment = (foundation: Foundation, settings: EnvironmentSettings = testSettings()) =>
  new ClusterEnvironment({
    settings,
    cluster: settings.cluster as ClusterSettings,
    foundation,
    parent: foundation.scope.options.parent as pulumi.Resource,
  });

/** Makes the tracking server, its login, and the workloads of every use case. */
export function everything(foundation: Foundation, settings: EnvironmentSettings = testSettings()) {
  const parts = clusterEnvironment(foundation, settings);
  const parent = foundation.scope.options.parent as pulumi.Resource;
  const grants = [
    { principal: "ci:ecluse/bank-churn:dev:train", workspace: "bank-churn", role: "dev-ci" },
  ] as const;
  const identity = { environment: "dev" };
  const tracking = parts.tracking({ identity, workspaces: ["bank-churn"], grants });
  parts.login();
  const scopes = settings.useCases.map((useCase) => ({ useCase, parent, tracking }));
  parts.monitors(scopes.map((scope) => ({ ...scope, cron: "15 2 * * *", forge: parts.forge })));
  for (const scope of scopes) {
    parts.serving({ ...scope, identity, signingPublicKey: "PEM" });
    parts.training(scope);
    parts.jobs(scope);
  }
}

/** Records every workload on a fake foundation. */
export const run = (settings?: EnvironmentSettings, access?: string[]) =>
  record((options) => everything(fakeFoundation(options, settings, access), settings));

/** What the runners are given that is no part of them. */
export const signing = { privateKey: pulumi.secret("PEM"), publicKey: pulumi.output("PEM") };

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
