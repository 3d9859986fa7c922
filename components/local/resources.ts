import * as pulumi from "@pulumi/pulumi";
import type { BlobAccessInputs } from "../../local/provider/kinds/blobAccess";
import type { BlobContainerInputs } from "../../local/provider/kinds/blobContainer";
import type { CiVariableInputs } from "../../local/provider/kinds/ciVariable";
import type { DatabaseInputs } from "../../local/provider/kinds/database";
import type { DataFolderInputs } from "../../local/provider/kinds/dataFolder";
import type { KeypairInputs, KeypairOutputs } from "../../local/provider/kinds/keypair";
import type { PortInputs } from "../../local/provider/kinds/port";
import type { PostgresClusterInputs } from "../../local/provider/kinds/postgresCluster";
import type { ProcessManagerInputs } from "../../local/provider/kinds/processManager";
import type { ProjectInputs } from "../../local/provider/kinds/project";
import type { RandomSecretInputs } from "../../local/provider/kinds/randomSecret";
import type { ServiceInputs } from "../../local/provider/kinds/service";
import type { TaskInputs } from "../../local/provider/kinds/task";
import type { WorkloadTrustInputs } from "../../local/provider/kinds/workloadTrust";

/** The provider plugin `ecluse-local`; default providers are disabled, so each stack names it. */
export class LocalProvider extends pulumi.ProviderResource {
  constructor(name: string, opts?: pulumi.ResourceOptions) {
    super("ecluse-local", name, {}, opts);
  }
}

type DeepInput<T> = T extends readonly (infer E)[]
  ? pulumi.Input<pulumi.Input<E>[]>
  : T extends Readonly<Record<string, string>>
    ? pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>
    : pulumi.Input<T>;

type Inputs<T> = { readonly [K in keyof T]: DeepInput<T[K]> };

type Outputs<T> = { readonly [K in keyof T]: pulumi.Output<T[K]> };

/** Makes the class of a resource type of `ecluse-local`, typed by the provider's own inputs and outputs. */
function resourceClass<I extends object, O extends object>(
  type: string,
  outputs: readonly (keyof O & string)[],
  secrets: string[] = [],
) {
  class LocalResource extends pulumi.CustomResource {
    constructor(name: string, args: Inputs<I>, opts: pulumi.CustomResourceOptions) {
      const computed = Object.fromEntries(outputs.map((key) => [key, undefined]));
      super(
        `ecluse-local:index:${type}`,
        name,
        { ...computed, ...args },
        { additionalSecretOutputs: secrets, ...opts },
      );
    }
  }
  return LocalResource as unknown as new (
    name: string,
    args: Inputs<I>,
    opts: pulumi.CustomResourceOptions,
  ) => pulumi.CustomResource & Outputs<O>;
}

/** A reserved loopback port. */
export const Port = resourceClass<PortInputs, { port: number }>("Port", ["port"]);
/** A random secret; `value`. */
export const RandomSecret = resourceClass<RandomSecretInputs, { value: string }>(
  "RandomSecret",
  ["value"],
  ["value"],
);
/** An EC P-256 key pair. */
export const Keypair = resourceClass<KeypairInputs, KeypairOutputs>(
  "Keypair",
  ["privateKey", "publicKey", "jwk"],
  ["privateKey"],
);
/** A private folder that goes with the stack. */
export const DataFolder = resourceClass<DataFolderInputs, { path: string }>("DataFolder", ["path"]);
/** The process manager of an environment, or of the forge. */
export const ProcessManager = resourceClass<ProcessManagerInputs, object>("ProcessManager", []);
/** A PostgreSQL data folder. */
export const PostgresCluster = resourceClass<PostgresClusterInputs, { dataFolder: string }>(
  "PostgresCluster",
  ["dataFolder"],
);
/** A database role with its databases. */
export const Database = resourceClass<DatabaseInputs, object>("Database", []);
/** A process kept alive. */
export const Service = resourceClass<ServiceInputs, object>("Service", []);
/** A command that runs once for its inputs. */
export const Task = resourceClass<TaskInputs, object>("Task", []);
/** A blob container. */
export const BlobContainer = resourceClass<BlobContainerInputs, object>("BlobContainer", []);
/** A signed URL of one container. */
export const BlobAccess = resourceClass<BlobAccessInputs, { url: string; expires: string }>(
  "BlobAccess",
  ["url", "expires"],
  ["url"],
);
/** A project at the local forge. */
export const Project = resourceClass<ProjectInputs, { projectId: string }>("Project", ["projectId"]);
/** A CI variable of a project, for one environment. */
export const CiVariable = resourceClass<CiVariableInputs, object>("CiVariable", []);
/** The forge's trust in an environment's workload tokens. */
export const WorkloadTrust = resourceClass<WorkloadTrustInputs, object>("WorkloadTrust", []);
