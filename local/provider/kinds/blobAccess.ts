import { ContainerSASPermissions, generateBlobSASQueryParameters, SASProtocol } from "@azure/storage-blob";
import { accountShapes, type BlobAccount, containerOf, credentialOf } from "../blob";
import type { Kind } from "../kind";

/** Access to one container and no other. */
export interface BlobAccessInputs extends BlobAccount {
  readonly container: string;
  /** Letters of a container SAS: `r` read, `l` list, `c` create, `w` write, `d` delete. */
  readonly permissions: string;
}

/** The container's URL with a shared access signature, and the day that it ends. */
export interface BlobAccessOutputs {
  readonly url: string;
  readonly expires: string;
}

const day = 24 * 3600 * 1000;
const lifetimeDays = 90;
const renewDays = 30;

/** `BlobAccess`: `url` is secret, good for 90 days, and replaced by `up` in its last 30. */
export const blobAccess: Kind<BlobAccessInputs, BlobAccessOutputs> = {
  inputs: { ...accountShapes, container: "string", permissions: "string" },
  secrets: ["key", "url"],
  async create(inputs) {
    const expiresOn = new Date(Date.now() + lifetimeDays * day);
    const permissions = ContainerSASPermissions.parse(inputs.permissions);
    const grant = {
      containerName: inputs.container,
      permissions,
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
