import { type Input, jsonStringify } from "@pulumi/pulumi";
import type { TrackingArgs } from "../contracts";
import type { EnvironmentSettings } from "../settings";
import type { Variables } from "./variables";

/** What the tracking server, and what prepares its databases, go by on every target. */
export interface TrackingProcess extends TrackingArgs {
  readonly environment: string;
}

/** What the tracking server of an environment goes by, of its settings. */
export const trackingProcess = (
  { environment }: EnvironmentSettings,
  args: TrackingArgs,
): TrackingProcess => ({ ...args, environment });

type DatabaseUris = Pick<Variables<"tracking">, "ECLUSE_TRACKING_DATABASE" | "ECLUSE_AUTH_DATABASE">;

/** What logs in, and with what, is the database's to say; so are secrets, which come by reference. */
type Beside = keyof DatabaseUris | "ECLUSE_DATABASE_LOGIN" | "ECLUSE_SESSION_KEY";

/** The variables that name the databases of the tracking server. */
export const databaseVariables = <Value extends Input<string>>(
  uri: (database: "tracking" | "auth") => Value,
) => ({
  ECLUSE_TRACKING_DATABASE: uri("tracking"),
  ECLUSE_AUTH_DATABASE: uri("auth"),
});

/** What a target gives the tracking server. */
interface TrackingPlace {
  readonly host: string;
  readonly port: Input<string>;
  /** Where artifacts go: wasbs://… or s3://…. */
  readonly artifacts: Input<string>;
  /** Names by which it is reached, beside loopback. */
  readonly allowedHosts: readonly string[];
  /** Folder of its certificate; undefined for plain HTTP. */
  readonly tlsFolder?: string;
}

/** The environment variables of the tracking server, beside those of its databases. */
export const trackingVariables = (
  { environment, identity }: TrackingProcess,
  { host, port, artifacts, allowedHosts, tlsFolder }: TrackingPlace,
) => ({
  ...({
    ECLUSE_ENVIRONMENT: environment,
    ECLUSE_HOST: host,
    ECLUSE_PORT: port,
    ECLUSE_IDENTITY: jsonStringify(identity),
    ...(allowedHosts.length > 0 && { ECLUSE_ALLOWED_HOSTS: allowedHosts.join(",") }),
    ECLUSE_ARTIFACTS: artifacts,
    ...(tlsFolder && { ECLUSE_TLS_FOLDER: tlsFolder }),
  } satisfies Omit<Variables<"tracking">, Beside>),
  // MLflow reads it: no gateway of a workspace may lead into the network.
  MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS: "false",
});

/** The environment variables of what prepares the databases; `writer` is the server's role, where it owns no tables. */
export const prepareVariables = ({ environment, workspaces, grants }: TrackingProcess, writer?: string) => ({
  ECLUSE_ENVIRONMENT: environment,
  ...({
    ...(writer && { ECLUSE_DATABASE_WRITER: writer }),
    ECLUSE_GRANTS: JSON.stringify({ workspaces, grants }),
  } satisfies Omit<Variables<"prepare">, Beside>),
});
