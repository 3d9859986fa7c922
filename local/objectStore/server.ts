import { join } from "node:path";
import { projectRoot, smallNode } from "../home";
import type { ObjectStoreServer } from "./contract";

const program = join(projectRoot, "node_modules/azurite/dist/src/blob/main.js");

// A client newer than Azurite asks for a later version of the protocol, of which it uses what Azurite has.
const quiet = ["--disableTelemetry", "--silent", "--skipApiVersionCheck"];

/** The laptop's object store: Azurite, an Azure Blob endpoint. */
export const objectStoreServer: ObjectStoreServer = {
  key: { bytes: 64, encoding: "base64" },
  account: (environment) => `ecluse${environment.replaceAll("-", "")}`,
  endpoint: (account, port) => `http://127.0.0.1:${port}/${account}`,
  command: [
    ...smallNode,
    program,
    "--blobHost",
    "127.0.0.1",
    "--blobPort",
    ({ port }) => String(port),
    "--location",
    ({ folder }) => folder,
    ...quiet,
  ],
  secretEnv: (account, key) => ({ AZURITE_ACCOUNTS: `${account}:${key}` }),
  artifacts: (account) => `wasbs://artifacts@${account}.blob.core.windows.net/`,
  credentials: ({ endpoint, account, key }) => ({
    AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`,
  }),
};
