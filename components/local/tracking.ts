import * as pulumi from "@pulumi/pulumi";
import type { TrackingServer as TrackingServerContract } from "../contracts";
import { prepareVariables, type TrackingProcess, trackingVariables } from "../processes/tracking";
import { within } from "../scope";
import type { MetadataDatabase } from "./database";
import { RandomSecret } from "./resources";
import { type LocalScope, pythonModule, reservePort, runService, runTask } from "./scope";
import type { ArtifactStore } from "./store";

/** What the tracking server is made from. */
export interface TrackingServerArgs extends TrackingProcess {
  readonly scope: LocalScope;
  readonly database: MetadataDatabase;
  readonly store: ArtifactStore;
}

/** Migrates and fills the databases, then keeps the tracking server alive. */
export class TrackingServer extends pulumi.ComponentResource implements TrackingServerContract {
  readonly url: pulumi.Output<string>;
  readonly ready: pulumi.Resource;

  constructor(name: string, args: TrackingServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:TrackingServer", name, {}, opts);
    const inner = { ...args, scope: within(args.scope, this) };
    const port = reservePort(name, "tracking", inner.scope);
    this.url = pulumi.interpolate`http://127.0.0.1:${port}`;
    const prepared = prepare(`${name}-prepare`, inner);
    this.ready = serve(name, inner, { port, url: this.url, prepared });
    this.registerOutputs({ url: this.url });
  }
}

function prepare(name: string, args: TrackingServerArgs): pulumi.Resource {
  const { database, scope } = args;
  const program = pythonModule("ecluse_identity.prepare");
  return runTask(
    name,
    {
      process: "prepare",
      command: program.command,
      env: { ...program.env, ...database.variables, ...prepareVariables(args) },
      secretEnv: { PGPASSWORD: database.password },
      dependsOn: [database.ready],
    },
    scope,
  );
}

interface Place {
  readonly port: pulumi.Output<number>;
  readonly url: pulumi.Output<string>;
  readonly prepared: pulumi.Resource;
}

function serve(name: string, args: TrackingServerArgs, { port, url, prepared }: Place): pulumi.Resource {
  const { database, store, scope } = args;
  const program = pythonModule("ecluse_identity.serve");
  const sessionKey = new RandomSecret(`${name}-session-key`, { bytes: 32, encoding: "hex" }, scope.options);
  const service = {
    process: "tracking",
    ready: pulumi.interpolate`${url}/health`,
    command: program.command,
    env: {
      ...program.env,
      ...database.variables,
      ...trackingVariables(args, {
        host: "127.0.0.1",
        port: port.apply(String),
        artifacts: store.artifacts,
        allowedHosts: [],
      }),
    },
    secretEnv: pulumi
      .all([store.credentials, database.password, sessionKey.value])
      .apply(([credentials, PGPASSWORD, ECLUSE_SESSION_KEY]) => ({
        ...credentials,
        PGPASSWORD,
        ECLUSE_SESSION_KEY,
      })),
    dependsOn: [prepared, ...store.ready],
  };
  return runService(name, service, scope);
}
