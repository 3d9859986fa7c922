import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import type { Schedule, ScheduleArgs, ServingArgs } from "../contracts";
import { audience, forgeAudience, projectPath, workloadIssuer, workloadSubject } from "../naming";
import { type Basin, pythonModule, tokenFile } from "./basin";
import type { Keypair } from "./resources";
import type { LocalTracking } from "./tracking";

/** The environment that the monitor of one use case runs in; secret, since it opens containers. */
function monitorEnvironment(basin: Basin, { useCase: { name }, tracking, store, forge }: ScheduleArgs) {
  const file = (server: string) => tokenFile(basin.name, name, "monitor", server);
  return pulumi.secret(
    pulumi.all({
      ...pythonModule("ecluse_monitor").env,
      PATH: "/usr/bin:/bin",
      LANG: "C.UTF-8",
      ECLUSE_ENVIRONMENT: basin.name,
      ECLUSE_USE_CASE: name,
      MLFLOW_TRACKING_URI: tracking.url,
      MLFLOW_WORKSPACE: name,
      ECLUSE_TRACKING_TOKEN_FILE: file(audience(basin.name, "tracking")),
      ...(forge && {
        ECLUSE_FORGE_TOKEN_FILE: file(forgeAudience),
        ECLUSE_FORGE_URL: forge.issuer,
        ECLUSE_PROJECT_ID: forge.projectIds.apply((ids) => ids[projectPath(name, forge.group)] as string),
      }),
      ECLUSE_INFERENCE_URL: store.access(`${name}-monitor-inference`, "inference", "rl"),
      ECLUSE_REPORTS_URL: store.access(`${name}-monitor-reports`, "reports", "rlcw"),
    }),
  );
}

function tokensOf(basin: Basin, useCase: string) {
  const token = (workload: "serve" | "monitor", server: string) => ({
    subject: workloadSubject(useCase, workload),
    audience: server,
    file: tokenFile(basin.name, useCase, workload, server),
  });
  const tracking = audience(basin.name, "tracking");
  return [token("serve", tracking), token("monitor", tracking), token("monitor", forgeAudience)];
}

/** The environment's scheduler: projects the workloads' tokens, and starts each use case's monitor at its time. */
export function localSchedules(
  basin: Basin,
  key: InstanceType<typeof Keypair>,
  args: readonly ScheduleArgs[],
) {
  const runs = args.map((schedule) => {
    const command = [...pythonModule("ecluse_monitor", "check").command];
    return {
      name: schedule.useCase.name,
      cron: schedule.cron,
      command,
      env: monitorEnvironment(basin, schedule),
    };
  });
  const settings = {
    issuer: workloadIssuer(basin.name),
    tokens: args.flatMap(({ useCase }) => tokensOf(basin, useCase.name)),
    jobs: runs,
  };
  const program = pythonModule("ecluse_local.scheduler");
  const ready = basin.service("scheduler", pathToFileURL(settings.tokens[0]?.file ?? basin.name).href, {
    ...program,
    secretEnv: { ECLUSE_SCHEDULES: pulumi.jsonStringify(settings), ECLUSE_WORKLOAD_KEY: key.privateKey },
  });
  const byName = runs.map(({ name, command, env }): [string, Schedule] => [
    name,
    { command: pulumi.output(command), env },
  ]);
  return { ready, schedules: Object.fromEntries(byName) };
}

/** Who may ask for scores: people whose group has a role in the environment. */
const callers = ["person:*"];

/** The model server of one use case. */
export function localServing(
  basin: Basin,
  args: ServingArgs & { tracking: LocalTracking },
  after: pulumi.Resource[],
) {
  const { name } = args.useCase;
  const port = basin.port(name);
  const url = pulumi.interpolate`http://127.0.0.1:${port}`;
  const program = pythonModule("ecluse_serving");
  basin.service(`serving-${name}`, pulumi.interpolate`${url}/ready`, {
    command: program.command,
    env: {
      ...program.env,
      ECLUSE_HOST: "127.0.0.1",
      ECLUSE_PORT: port.apply(String),
      ECLUSE_ENVIRONMENT: basin.name,
      ECLUSE_USE_CASE: name,
      ECLUSE_IDENTITY: pulumi.jsonStringify(args.identity),
      ECLUSE_SERVING_CALLERS: JSON.stringify(callers),
      ECLUSE_SIGNING_PUBLIC_KEY: args.signingPublicKey,
      ECLUSE_TRACKING_TOKEN_FILE: tokenFile(basin.name, name, "serve", audience(basin.name, "tracking")),
      MLFLOW_TRACKING_URI: args.tracking.url,
      MLFLOW_WORKSPACE: name,
    },
    secretEnv: { ECLUSE_INFERENCE_URL: args.store.access(`${name}-serve`, "inference", "cw") },
    dependsOn: [args.tracking.ready, ...after],
  });
  return { url };
}
