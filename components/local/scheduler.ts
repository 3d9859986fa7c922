import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { environmentPath } from "../../local/home";
import type { ArtifactStore, DriftMonitors, MonitorArgs, MonitorRun } from "../contracts";
import { audience, forgeAudience, projectPath, workloadIssuer, workloadSubject } from "../naming";
import { within } from "../scope";
import type { WorkloadKey } from "./keys";
import { type LocalScope, pythonModule, runService } from "./scope";

/** What an environment's scheduler is made from. */
export interface SchedulerArgs {
  readonly scope: LocalScope;
  /** Signs the workloads' tokens. */
  readonly key: Pick<WorkloadKey, "privateKey">;
  readonly store: ArtifactStore;
  readonly monitors: readonly MonitorArgs[];
}

/** Writes the workloads' tokens, as a cluster does for ServiceAccounts, and starts each drift monitor at its time. */
export class Scheduler extends pulumi.ComponentResource implements DriftMonitors {
  readonly runs: Readonly<Record<string, MonitorRun>>;
  readonly tokens: pulumi.Resource;

  constructor(name: string, args: SchedulerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:Scheduler", name, {}, opts);
    const scope = within(args.scope, this);
    const { environment } = scope;
    const { key, store, monitors } = args;
    const jobs = monitors.map((monitor) => ({
      name: monitor.useCase.name,
      cron: monitor.cron,
      command,
      env: monitorEnvironment(environment, monitor, store),
    }));
    const tokens = monitors.flatMap(({ useCase }) => tokensOf(environment, useCase.name));
    const schedules = pulumi.jsonStringify({ issuer: workloadIssuer(environment), tokens, jobs });
    const program = pythonModule("ecluse_local.scheduler");
    const secretEnv = { ECLUSE_SCHEDULES: schedules, ECLUSE_WORKLOAD_KEY: key.privateKey };
    const ready = pathToFileURL(tokens[0]?.file ?? environment).href;
    this.tokens = runService(name, { process: "scheduler", ready, ...program, secretEnv }, scope);
    this.runs = Object.fromEntries(
      jobs.map(({ name, command, env }) => [name, { command: pulumi.output(command), env }]),
    );
    this.registerOutputs({});
  }
}

/** The file that the scheduler keeps a workload's token in. */
export const tokenFile = (environment: string, useCase: string, workload: string, server: string) =>
  `${environmentPath(environment)}/tokens/${useCase}-${workload}-${server}`;

const { command } = pythonModule("ecluse_monitor", "check");

/** The environment that the monitor of one use case runs in; secret, since it opens containers. */
function monitorEnvironment(environment: string, args: MonitorArgs, store: ArtifactStore) {
  const { useCase, tracking, forge } = args;
  const { name } = useCase;
  const file = (server: string) => tokenFile(environment, name, "monitor", server);
  const variables: Record<string, pulumi.Input<string>> = {
    ...pythonModule("ecluse_monitor").env,
    PATH: "/usr/bin:/bin",
    LANG: "C.UTF-8",
    ECLUSE_ENVIRONMENT: environment,
    ECLUSE_USE_CASE: name,
    MLFLOW_TRACKING_URI: tracking.url,
    MLFLOW_WORKSPACE: name,
    ECLUSE_TRACKING_TOKEN_FILE: file(audience(environment, "tracking")),
    ...(forge && {
      ECLUSE_FORGE_TOKEN_FILE: file(forgeAudience),
      ECLUSE_FORGE_URL: forge.issuer,
      ECLUSE_PROJECT_ID: forge.projectIds.apply((ids) => ids[projectPath(name, forge.group)] as string),
    }),
    ECLUSE_INFERENCE_URL: store.access(`${name}-monitor-inference`, "inference", "read"),
    ECLUSE_REPORTS_URL: store.access(`${name}-monitor-reports`, "reports", "read-write"),
  };
  return pulumi.secret(pulumi.all(variables));
}

function tokensOf(environment: string, useCase: string) {
  const token = (workload: "serve" | "monitor", server: string) => ({
    subject: workloadSubject(useCase, workload),
    audience: server,
    file: tokenFile(environment, useCase, workload, server),
  });
  const tracking = audience(environment, "tracking");
  return [token("serve", tracking), token("monitor", tracking), token("monitor", forgeAudience)];
}
