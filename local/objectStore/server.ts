import { join } from "node:path";
import { projectRoot, typescriptProgram } from "../home";
import type { ObjectStoreServer } from "./contract";

// Loaded before the loader of TypeScript, which would look through all of its files.
const library = ["--require", join(projectRoot, "node_modules/azurite/dist/src/blob/BlobServerFactory.js")];

// A client newer than Azurite asks for a later version of the protocol, of which it uses what Azurite has.
const quiet = ["--silent", "--skipApiVersionCheck"];

/** The laptop's object store: Azurite, an Azure Blob endpoint. */
export const objectStoreServer: ObjectStoreServer = {
  key: { bytes: 64, encoding: "base64" },
  account: (environment) => `ecluse${environment.replaceAll("-", "")}`,
  endpoint: (account, port) => `http://127.0.0.1:${port}/${account}`,
  command: [
    ...typescriptProgram("local/objectStore/azurite.ts", library),
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
