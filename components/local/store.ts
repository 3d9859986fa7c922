import * as pulumi from "@pulumi/pulumi";
import type { ArtifactStore as ArtifactStoreContract } from "../contracts";
import { type Container, containers, type Permission } from "../naming";
import { within } from "../scope";
import { BlobAccess, BlobContainer, RandomSecret } from "./resources";
import { type LocalScope, makeFolder, nodeProgram, reservePort, runService } from "./scope";

/** What an environment's blob store is made from. */
export interface ArtifactStoreArgs {
  readonly scope: LocalScope;
}

/** An Azure Blob endpoint (Azurite) with an account and key of the environment's own. */
export class ArtifactStore extends pulumi.ComponentResource implements ArtifactStoreContract {
  readonly endpoint: pulumi.Output<string>;
  /** Name of the storage account. */
  readonly account: string;
  /** By which the tracking server reaches its artifacts; secret. */
  readonly connectionString: pulumi.Output<string>;
  /** The resources after which the containers can be used. */
  readonly ready: readonly pulumi.Resource[];
  private readonly key: pulumi.Output<string>;
  private readonly scope: LocalScope;

  constructor(
    private readonly name: string,
    args: ArtifactStoreArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:local:ArtifactStore", name, {}, opts);
    const scope = within(args.scope, this);
    const account = `ecluse${scope.environment.replaceAll("-", "")}`;
    const port = reservePort(name, "blob", scope);
    const key = new RandomSecret(`${name}-key`, { bytes: 64, encoding: "base64" }, scope.options).value;
    const endpoint = pulumi.interpolate`http://127.0.0.1:${port}/${account}`;
    const server = azurite(name, { port, account, key }, scope);
    const after = { ...scope.options, dependsOn: [server] };
    this.scope = scope;
    this.key = key;
    this.account = account;
    this.endpoint = endpoint;
    this.ready = containers.map(
      (container) => new BlobContainer(`${name}-${container}`, { endpoint, account, key, container }, after),
    );
    this.connectionString = pulumi.secret(
      pulumi.interpolate`DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`,
    );
    this.registerOutputs({ endpoint: this.endpoint });
  }

  access(name: string, container: Container, permission: Permission): pulumi.Output<string> {
    const { endpoint, account, key, ready } = this;
    const options = { ...this.scope.options, dependsOn: [...ready] };
    return new BlobAccess(`${this.name}-${name}`, { endpoint, account, key, container, permission }, options)
      .url;
  }
}

// A client newer than Azurite asks for a later version of the protocol, of which it uses what Azurite has.
const quiet = ["--disableTelemetry", "--silent", "--skipApiVersionCheck"];

interface ServerArgs {
  readonly port: pulumi.Output<number>;
  readonly account: string;
  readonly key: pulumi.Output<string>;
}

function azurite(name: string, { port, account, key }: ServerArgs, scope: LocalScope): pulumi.Resource {
  const address = ["--blobHost", "127.0.0.1", "--blobPort", port.apply(String)];
  const flags = [...address, "--location", makeFolder(name, "blobs", scope), ...quiet];
  return runService(
    name,
    {
      process: "blobs",
      ready: pulumi.interpolate`tcp://127.0.0.1:${port}`,
      command: nodeProgram("node_modules/azurite/dist/src/blob/main.js", ...flags),
      env: {},
      secretEnv: { AZURITE_ACCOUNTS: pulumi.interpolate`${account}:${key}` },
    },
    scope,
  );
}
