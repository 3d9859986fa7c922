import * as pulumi from "@pulumi/pulumi";
import type { ArtifactStore } from "../contracts";
import { type Container, containers } from "../naming";
import { type Basin, nodeProgram } from "./basin";
import { BlobAccess, BlobContainer, RandomSecret } from "./resources";

/** What the tracking server needs to reach its artifacts. */
export interface LocalStore extends ArtifactStore {
  readonly connectionString: pulumi.Output<string>;
  readonly account: string;
  readonly ready: pulumi.Resource[];
}

// A client newer than Azurite asks for a later version of the protocol, of which it uses what Azurite has.
const quiet = ["--disableTelemetry", "--silent", "--skipApiVersionCheck"];

/** An Azure Blob endpoint (Azurite) with an account and key of the environment's own. */
export function localStore(basin: Basin): LocalStore {
  const port = basin.port("blob");
  const account = `ecluse${basin.name.replaceAll("-", "")}`;
  const key = new RandomSecret("blob-key", { bytes: 64, encoding: "base64" }, basin.options).value;
  const endpoint = pulumi.interpolate`http://127.0.0.1:${port}/${account}`;
  const flags = [
    "--blobHost",
    "127.0.0.1",
    "--blobPort",
    port.apply(String),
    "--location",
    basin.folder("blobs"),
  ];
  const server = basin.service("blobs", pulumi.interpolate`tcp://127.0.0.1:${port}`, {
    command: nodeProgram("node_modules/azurite/dist/src/blob/main.js", ...flags, ...quiet),
    env: {},
    secretEnv: { AZURITE_ACCOUNTS: pulumi.interpolate`${account}:${key}` },
  });
  const after = { ...basin.options, dependsOn: [server] };
  const ready = containers.map(
    (container) => new BlobContainer(`${container}-container`, { endpoint, account, key, container }, after),
  );
  const access = (name: string, container: Container, permissions: string) =>
    new BlobAccess(
      `${name}-access`,
      { endpoint, account, key, container, permissions },
      { ...basin.options, dependsOn: ready },
    ).url;
  const connectionString = pulumi.secret(
    pulumi.interpolate`DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`,
  );
  return { endpoint, account, connectionString, ready, access };
}
