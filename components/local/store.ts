import * as pulumi from "@pulumi/pulumi";
import { objectStoreServer } from "../../local/objectStore/server";
import type { ArtifactStore as ArtifactStoreContract } from "../contracts";
import { type Container, containers, type Permission } from "../naming";
import { within } from "../scope";
import { BlobAccess, BlobContainer, RandomSecret } from "./resources";
import { type LocalScope, makeFolder, reservePort, runService } from "./scope";

/** What an environment's blob store is made from. */
export interface ArtifactStoreArgs {
  readonly scope: LocalScope;
}

/** The laptop's object store, with an account and key of the environment's own. */
export class ArtifactStore extends pulumi.ComponentResource implements ArtifactStoreContract {
  readonly endpoint: pulumi.Output<string>;
  /** Where MLflow keeps artifacts. */
  readonly artifacts: string;
  /** The variables by which the tracking server opens its artifacts; secret. */
  readonly credentials: pulumi.Output<Readonly<Record<string, string>>>;
  /** The resources after which the containers can be used. */
  readonly ready: readonly pulumi.Resource[];
  private readonly account: Account;
  private readonly scope: LocalScope;

  constructor(
    private readonly name: string,
    args: ArtifactStoreArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:local:ArtifactStore", name, {}, opts);
    const scope = within(args.scope, this);
    const account = objectStoreServer.account(scope.environment);
    const port = reservePort(name, "blob", scope);
    const key = new RandomSecret(`${name}-key`, objectStoreServer.key, scope.options).value;
    const endpoint = port.apply((port) => objectStoreServer.endpoint(account, port));
    const server = serve(name, { port, account, key }, scope);
    const after = { ...scope.options, dependsOn: [server] };
    this.scope = scope;
    this.account = { endpoint, account, key };
    this.endpoint = endpoint;
    this.ready = containers.map(
      (container) => new BlobContainer(`${name}-${container}`, { ...this.account, container }, after),
    );
    this.artifacts = objectStoreServer.artifacts(account);
    this.credentials = pulumi.secret(pulumi.output(this.account).apply(objectStoreServer.credentials));
    this.registerOutputs({ endpoint: this.endpoint });
  }

  access(name: string, container: Container, permission: Permission): pulumi.Output<string> {
    const options = { ...this.scope.options, dependsOn: [...this.ready] };
    return new BlobAccess(`${this.name}-${name}`, { ...this.account, container, permission }, options).url;
  }
}

interface Account {
  readonly endpoint: pulumi.Output<string>;
  readonly account: string;
  readonly key: pulumi.Output<string>;
}

interface ServerArgs extends Pick<Account, "account" | "key"> {
  readonly port: pulumi.Output<number>;
}

function serve(name: string, { port, account, key }: ServerArgs, scope: LocalScope): pulumi.Resource {
  const place = pulumi.output({ port, folder: makeFolder(name, "blobs", scope) });
  const service = {
    process: "blobs",
    ready: pulumi.interpolate`tcp://127.0.0.1:${port}`,
    command: objectStoreServer.command.map((word) => (typeof word === "string" ? word : place.apply(word))),
    env: {},
    secretEnv: key.apply((key) => objectStoreServer.secretEnv(account, key)),
  };
  return runService(name, service, scope);
}
