import type { AnyKind } from "../kind";
import { blobAccess } from "./blobAccess";
import { blobContainer } from "./blobContainer";
import { ciVariable } from "./ciVariable";
import { database } from "./database";
import { dataFolder } from "./dataFolder";
import { keypair } from "./keypair";
import { port } from "./port";
import { postgresCluster } from "./postgresCluster";
import { processManager } from "./processManager";
import { project } from "./project";
import { randomSecret } from "./randomSecret";
import { service } from "./service";
import { task } from "./task";
import { workloadTrust } from "./workloadTrust";

/** Every resource type of the provider, by the last part of its token `ecluse-local:index:<Type>`. */
export const kinds: Readonly<Record<string, AnyKind>> = {
  BlobAccess: blobAccess,
  BlobContainer: blobContainer,
  CiVariable: ciVariable,
  Database: database,
  DataFolder: dataFolder,
  Keypair: keypair,
  Port: port,
  PostgresCluster: postgresCluster,
  ProcessManager: processManager,
  Project: project,
  RandomSecret: randomSecret,
  Service: service,
  Task: task,
  WorkloadTrust: workloadTrust,
};
