import * as pulumi from "@pulumi/pulumi";
import { asDatabaseUser, postgresFolder } from "../../local/provider/postgres";
import type { MetadataDatabase as MetadataDatabaseContract } from "../contracts";
import { databaseVariables } from "../processes/tracking";
import { within } from "../scope";
import { Database, PostgresCluster, RandomSecret } from "./resources";
import { type LocalScope, reservePort, runService } from "./scope";

/** What an environment's database is made from. */
export interface MetadataDatabaseArgs {
  readonly scope: LocalScope;
}

/** PostgreSQL 18 of the environment's own: SCRAM, its own superuser password, and one role that owns two databases. */
export class MetadataDatabase extends pulumi.ComponentResource implements MetadataDatabaseContract {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  /** The environment variables that name its databases. */
  readonly variables: ReturnType<typeof databaseVariables<pulumi.Output<string>>>;
  /** Password of the role that owns the databases; secret. */
  readonly password: pulumi.Output<string>;
  /** The resource after which the databases can be used. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: MetadataDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:MetadataDatabase", name, {}, opts);
    const scope = within(args.scope, this);
    const port = reservePort(name, "database", scope);
    const adminPassword = password(`${name}-admin-password`, scope);
    this.password = password(`${name}-role-password`, scope);
    const server = postgresql(name, { port, adminPassword }, scope);
    this.ready = new Database(
      `${name}-databases`,
      { port, adminPassword, role, password: this.password, databases: ["tracking", "auth"] },
      { ...scope.options, dependsOn: [server] },
    );
    this.host = pulumi.output("127.0.0.1");
    this.port = port;
    this.variables = databaseVariables(
      (database) => pulumi.interpolate`postgresql+psycopg2://${role}@127.0.0.1:${port}/${database}`,
    );
    this.registerOutputs({ host: this.host, port: this.port, variables: this.variables });
  }
}

const role = "mlflow";

const password = (name: string, { options }: LocalScope) =>
  new RandomSecret(name, { bytes: 24, encoding: "hex" }, options).value;

/** Settings of a small server: loopback only, no socket file, memory for one tracking server. */
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "30",
  shared_buffers: "16MB",
  max_worker_processes: "2",
  io_method: "sync",
  jit: "off",
  log_timezone: "UTC",
  timezone: "UTC",
};

/**
 * The server's command, on its data folder. Nothing here may relax how it commits: it syncs each commit, so that
 * `kill -9` or a crash of the machine loses none.
 */
export const postgresCommand = <T>(dataFolder: T, port: T): (string | T)[] => [
  ...asDatabaseUser([]),
  `${postgresFolder()}/bin/postgres`,
  ...["-D", dataFolder, "-p", port],
  ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
];

interface ServerArgs {
  readonly port: pulumi.Output<number>;
  readonly adminPassword: pulumi.Output<string>;
}

function postgresql(name: string, { port, adminPassword }: ServerArgs, scope: LocalScope): pulumi.Resource {
  const { environment, options } = scope;
  const cluster = new PostgresCluster(`${name}-cluster`, { environment, password: adminPassword }, options);
  return runService(
    name,
    {
      process: "postgres",
      ready: pulumi.interpolate`tcp://127.0.0.1:${port}`,
      command: postgresCommand(cluster.dataFolder, port.apply(String)),
      env: { LC_ALL: "C.UTF-8" },
      stopSignal: "INT",
    },
    scope,
  );
}
