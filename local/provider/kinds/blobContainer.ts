import { objectStore } from "../../objectStore/client";
import type { StoreAccount } from "../../objectStore/contract";
import type { Kind } from "../kind";

/** A blob container without public access. */
export interface BlobContainerInputs extends StoreAccount {
  readonly container: string;
}

/** The shapes of {@link StoreAccount}. */
export const accountShapes = { endpoint: "string", account: "string", key: "string" } as const;

/** `BlobContainer`: goes with the account's data folder, so it has no removal of its own. */
export const blobContainer: Kind<BlobContainerInputs, object> = {
  inputs: { ...accountShapes, container: "string" },
  secrets: ["key"],
  async create({ container, ...account }) {
    await objectStore.makeContainer(account, container);
    return {};
  },
};
