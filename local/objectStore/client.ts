import {
  BlobServiceClient,
  ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  RestError,
  SASProtocol,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import type { Permission } from "../../components/naming";
import type { ObjectStore, OpenContainer, StoreAccount } from "./contract";

/** What a signature says of each permission: read, list, create, write, delete. */
const letters: Readonly<Record<Permission, string>> = {
  read: "rl",
  write: "cw",
  "read-write": "rlcw",
  "read-write-delete": "rlcwd",
};

const credentialOf = ({ account, key }: StoreAccount) => new StorageSharedKeyCredential(account, key);

const containerOf = (account: StoreAccount, container: string) =>
  new BlobServiceClient(account.endpoint, credentialOf(account)).getContainerClient(container);

const opened = (container: ContainerClient): OpenContainer => ({
  async list(prefix = "", abortSignal) {
    const names: string[] = [];
    const options = { prefix, ...(abortSignal && { abortSignal }) };
    for await (const { name } of container.listBlobsFlat(options)) names.push(name);
    return names.sort();
  },
  read: (name, abortSignal) =>
    container.getBlobClient(name).downloadToBuffer(0, undefined, { ...(abortSignal && { abortSignal }) }),
  async write(name, content) {
    await container.getBlockBlobClient(name).upload(content, Buffer.byteLength(content));
  },
  async remove(name) {
    await container.deleteBlob(name);
  },
});

/** The laptop's object store, by Azure's protocol. A grant is a shared access signature. */
export const objectStore: ObjectStore = {
  async makeContainer(account, container) {
    await containerOf(account, container).createIfNotExists();
  },
  async grant(account, { container, permission, expires }) {
    const { url, containerName } = containerOf(account, container);
    const signature = generateBlobSASQueryParameters(
      {
        containerName,
        permissions: ContainerSASPermissions.parse(letters[permission]),
        expiresOn: expires,
        protocol: SASProtocol.HttpsAndHttp,
      },
      credentialOf(account),
    );
    return `${url}?${signature}`;
  },
  secretOf(url) {
    const signature = new URL(url).searchParams.get("sig");
    if (!signature)
      throw new Error("the URL of a container has no signature: run ecluse up, which makes one");
    return signature;
  },
  open: (url) => opened(new ContainerClient(url)),
  openByKey: (account, container) => opened(containerOf(account, container)),
  // Azure answers 404 for a container that the caller may not see.
  isRefusal: (error) => error instanceof RestError && [401, 403, 404].includes(error.statusCode ?? 0),
};
