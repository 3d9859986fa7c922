import { ContainerSASPermissions, generateBlobSASQueryParameters, SASProtocol } from "@azure/storage-blob";
import type { Permission } from "../../../components/naming";
import { accountShapes, type BlobAccount, containerOf, credentialOf } from "../blob";
import type { Kind } from "../kind";

/** Access to one container and no other. */
export interface BlobAccessInputs extends BlobAccount {
  readonly container: string;
  readonly permission: Permission;
}

/** The container's URL with a shared access signature, and the day that it ends. */
export interface BlobAccessOutputs {
  readonly url: string;
  readonly expires: string;
}

/** What a signature says of each permission: read, list, create, write, delete. */
const letters: Readonly<Record<Permission, string>> = {
  read: "rl",
  write: "cw",
  "read-write": "rlcw",
  "read-write-delete": "rlcwd",
};

const day = 24 * 3600 * 1000;
const lifetimeDays = 90;
const renewDays = 30;

/** `BlobAccess`: `url` is secret, good for 90 days, and replaced by `up` in its last 30. */
export const blobAccess: Kind<BlobAccessInputs, BlobAccessOutputs> = {
  inputs: { ...accountShapes, container: "string", permission: "string" },
  secrets: ["key", "url"],
  async create(inputs) {
    const expiresOn = new Date(Date.now() + lifetimeDays * day);
    const grant = {
      containerName: inputs.container,
      permissions: ContainerSASPermissions.parse(letters[inputs.permission]),
      expiresOn,
      protocol: SASProtocol.HttpsAndHttp,
    };
    const signature = generateBlobSASQueryParameters(grant, credentialOf(inputs));
    return {
      url: `${containerOf(inputs, inputs.container).url}?${signature}`,
      expires: expiresOn.toISOString(),
    };
  },
  stale({ expires }) {
    return Date.parse(expires) - Date.now() < renewDays * day
      ? `its signature ends at ${expires}`
      : undefined;
  },
};
