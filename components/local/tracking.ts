import * as pulumi from "@pulumi/pulumi";
import type { TrackingArgs, TrackingServer } from "../contracts";
import { type Basin, pythonModule } from "./basin";
import type { LocalDatabase } from "./database";
import { RandomSecret } from "./resources";
import type { LocalStore } from "./store";

/** The tracking server, with the resource after which it can be used. */
export interface LocalTracking extends TrackingServer {
  readonly ready: pulumi.Resource;
}

/** Migrates and fills the databases, then keeps the tracking server alive. */
export function localTracking(
  basin: Basin,
  args: TrackingArgs & { database: LocalDatabase; store: LocalStore },
): LocalTracking {
  const { database, store } = args;
  const port = basin.port("tracking");
  const url = pulumi.interpolate`http://127.0.0.1:${port}`;
  const env = {
    ECLUSE_ENVIRONMENT: basin.name,
    ECLUSE_TRACKING_DATABASE: database.trackingUri,
    ECLUSE_AUTH_DATABASE: database.authUri,
    ECLUSE_ARTIFACTS: `wasbs://artifacts@${store.account}.blob.core.windows.net/`,
  };
  const grants = JSON.stringify({ workspaces: args.workspaces, grants: args.grants });
  const prepare = pythonModule("ecluse_identity.prepare");
  const prepared = basin.task("prepare", {
    command: prepare.command,
    env: { ...prepare.env, ...env, ECLUSE_GRANTS: grants },
    secretEnv: { PGPASSWORD: database.password },
    dependsOn: [database.ready],
  });
  const sessionKey = new RandomSecret("session-key", { bytes: 32, encoding: "hex" }, basin.options).value;
  const serve = pythonModule("ecluse_identity.serve");
  const ready = basin.service("tracking", pulumi.interpolate`${url}/health`, {
    command: serve.command,
    env: {
      ...serve.env,
      ...env,
      ECLUSE_HOST: "127.0.0.1",
      ECLUSE_PORT: port.apply(String),
      ECLUSE_IDENTITY: pulumi.jsonStringify(args.identity),
    },
    secretEnv: {
      PGPASSWORD: database.password,
      AZURE_STORAGE_CONNECTION_STRING: store.connectionString,
      ECLUSE_SESSION_KEY: sessionKey,
    },
    dependsOn: [prepared, ...store.ready],
  });
  return { url, ready };
}
