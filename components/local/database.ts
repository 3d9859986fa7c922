import * as pulumi from "@pulumi/pulumi";
import { asDatabaseUser, postgresFolder } from "../../local/provider/postgres";
import type { MetadataDatabase } from "../contracts";
import type { Basin } from "./basin";
import { Database, PostgresCluster, RandomSecret } from "./resources";

/** What the tracking server needs to log in. */
export interface LocalDatabase extends MetadataDatabase {
  readonly trackingUri: pulumi.Output<string>;
  readonly authUri: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  /** The resource after which the databases can be used. */
  readonly ready: pulumi.Resource;
}

const role = "mlflow";

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

/** PostgreSQL 18 of the environment's own: SCRAM, its own superuser password, and one role that owns two databases. */
export function localDatabase(basin: Basin): LocalDatabase {
  const port = basin.port("database");
  const secret = (name: string) =>
    new RandomSecret(name, { bytes: 24, encoding: "hex" }, basin.options).value;
  const [adminPassword, password] = [secret("database-admin"), secret("database-role")];
  const cluster = new PostgresCluster(
    "database-cluster",
    { basin: basin.name, password: adminPassword },
    basin.options,
  );
  const options = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const words = [
    `${postgresFolder()}/bin/postgres`,
    "-D",
    cluster.dataFolder,
    "-p",
    port.apply(String),
    ...options,
  ];
  const server = basin.service(
    "postgres",
    pulumi.interpolate`tcp://127.0.0.1:${port}`,
    { command: [...asDatabaseUser([]), ...words], env: { LC_ALL: "C.UTF-8" } },
    "INT",
  );
  const databases = ["tracking", "auth"];
  const ready = new Database(
    "databases",
    { port, adminPassword, role, password, databases },
    { ...basin.options, dependsOn: [server] },
  );
  const uri = (name: string) => pulumi.interpolate`postgresql+psycopg2://${role}@127.0.0.1:${port}/${name}`;
  return {
    host: pulumi.output("127.0.0.1"),
    port,
    trackingUri: uri("tracking"),
    authUri: uri("auth"),
    password,
    ready,
  };
}
