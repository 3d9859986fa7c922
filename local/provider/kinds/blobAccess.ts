import { type Permission, permissions } from "../../../components/naming";
import { objectStore } from "../../objectStore/client";
import type { StoreAccount } from "../../objectStore/contract";
import type { Kind } from "../kind";
import { accountShapes } from "./blobContainer";

/** Access to one container and no other. */
export interface BlobAccessInputs extends StoreAccount {
  readonly container: string;
  readonly permission: Permission;
}

/** The URL that opens the container, and the day that it ends. */
export interface BlobAccessOutputs {
  readonly url: string;
  readonly expires: string;
}

const day = 24 * 3600 * 1000;
const lifetimeDays = 90;
const renewDays = 30;

/** `BlobAccess`: `url` is secret, good for 90 days, and replaced by `up` in its last 30. */
export const blobAccess: Kind<BlobAccessInputs, BlobAccessOutputs> = {
  inputs: { ...accountShapes, container: "string", permission: "string" },
  secrets: ["key", "url"],
  validate({ permission }) {
    return permissions.includes(permission)
      ? undefined
      : ["permission", `must be one of ${permissions.join(", ")}, got ${permission}`];
  },
  async create({ container, permission, ...account }) {
    const expires = new Date(Date.now() + lifetimeDays * day);
    const url = await objectStore.grant(account, { container, permission, expires });
    return { url, expires: expires.toISOString() };
  },
  stale({ expires }) {
    return Date.parse(expires) - Date.now() < renewDays * day
      ? `its signature ends at ${expires}`
      : undefined;
  },
};
