import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";

/** An Azure Blob endpoint of one account, with its key. */
export interface BlobAccount {
  /** `http://127.0.0.1:<port>/<account>` */
  readonly endpoint: string;
  readonly account: string;
  readonly key: string;
}

/** The shapes of {@link BlobAccount}. */
export const accountShapes = { endpoint: "string", account: "string", key: "string" } as const;

/** The account's credential. */
export const credentialOf = ({ account, key }: BlobAccount) => new StorageSharedKeyCredential(account, key);

/** A client of one container. */
export const containerOf = (account: BlobAccount, container: string) =>
  new BlobServiceClient(account.endpoint, credentialOf(account)).getContainerClient(container);
