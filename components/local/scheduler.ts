import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { environmentPath, environmentSecret } from "../../local/home";
import type { ArtifactStore, DriftMonitors, MonitorRun } from "../contracts";
import { audience, forgeAudience, workloadIssuer, workloadSubject } from "../naming";
import { compactionCron, compactionVariables } from "../processes/compaction";
import { alertSecrets, type MonitorProcess, monitorVariables } from "../processes/monitor";
import { within } from "../scope";
import type { Governance } from "../settings";
import type { WorkloadKey } from "./keys";
import { type LocalScope, pythonModule, runService } from "./scope";

/** A drift monitor, and when it runs. */
export interface ScheduledMonitor extends MonitorProcess {
  /** Five-field cron in UTC. */
  readonly cron: string;
  /** Whether it may start pipelines at the forge. */
  readonly retrains: boolean;
}

/** What an environment's scheduler is made from. */
export interface SchedulerArgs {
  readonly scope: LocalScope;
  /** Signs the workloads' tokens. */
  readonly key: Pick<WorkloadKey, "privateKey">;
  readonly store: ArtifactStore;
  /** Says for how long predictions are kept. */
  readonly dataClassification: Governance["dataClassification"];
  readonly monitors: readonly ScheduledMonitor[];
}

/** Writes the workloads' tokens, as a cluster does for ServiceAccounts, and starts each drift monitor at its time. */
export class Scheduler extends pulumi.ComponentResource implements DriftMonitors {
  readonly runs: Readonly<Record<string, MonitorRun>>;
  readonly compactions: Readonly<Record<string, MonitorRun>>;
  readonly tokens: pulumi.Resource;

  constructor(name: string, args: SchedulerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:Scheduler", name, {}, opts);
    const scope = within(args.scope, this);
    const { environment } = scope;
    const { key, store, monitors, dataClassification } = args;
    const jobs = monitors.map((monitor) => ({
      name: monitor.useCase,
      cron: monitor.cron,
      command,
      env: monitorEnvironment(monitor, store),
    }));
    const compactions = monitors.map(({ useCase }) => compactionOf(useCase, store, dataClassification));
    this.compactions = Object.fromEntries(
      compactions.map(({ command, env }, number) => [
        monitors[number]?.useCase,
        { command: pulumi.output(command), env },
      ]),
    );
    const tokens = monitors.flatMap(({ useCase }) => tokensOf(environment, useCase));
    const issuer = workloadIssuer(environment);
    const schedules = pulumi.jsonStringify({ issuer, tokens, jobs: [...jobs, ...compactions] });
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

/** What every job of the monitor's has in its environment. */
const programEnvironment = {
  ...pythonModule("ecluse_monitor").env,
  PATH: "/usr/bin:/bin",
  LANG: "C.UTF-8",
};

/** The job that puts a use case's log of predictions together, by a right that the monitor does not have. */
function compactionOf(useCase: string, store: ArtifactStore, kept: Governance["dataClassification"]) {
  const url = store.access(`${useCase}-compact-inference`, "inference", "read-write-delete");
  const env = pulumi.secret(
    pulumi.all({ ...programEnvironment, ...compactionVariables(useCase, kept, url) }),
  );
  const { command } = pythonModule("ecluse_monitor", "compact");
  return { name: `${useCase}/compact`, cron: compactionCron, command, env };
}

/** The environment that the monitor of one use case runs in; secret, since it opens containers. */
function monitorEnvironment(process: ScheduledMonitor, store: ArtifactStore) {
  const { environment, useCase } = process;
  const file = (server: string) => tokenFile(environment, useCase, "monitor", server);
  const variables: Record<string, pulumi.Input<string>> = {
    ...programEnvironment,
    ...monitorVariables(process, {
      inferenceUrl: store.access(`${useCase}-monitor-inference`, "inference", "read"),
      reportsUrl: store.access(`${useCase}-monitor-reports`, "reports", "read-write"),
      tokenFile: file(audience(environment, "tracking")),
      issuesTokenFile: file(forgeAudience),
      // The forge takes the monitor's own token for both.
      ...(process.retrains && { triggerTokenFile: file(forgeAudience) }),
    }),
  };
  for (const { variable, reference } of alertSecrets(process.alerts))
    variables[variable] = pulumi.secret(environmentSecret(environment, reference));
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
