import { accountShapes, type BlobAccount, containerOf } from "../blob";
import type { Kind } from "../kind";

/** A blob container without public access. */
export interface BlobContainerInputs extends BlobAccount {
  readonly container: string;
}

/** `BlobContainer`: goes with the account's data folder, so it has no removal of its own. */
export const blobContainer: Kind<BlobContainerInputs, object> = {
  inputs: { ...accountShapes, container: "string" },
  secrets: ["key"],
  async create(inputs) {
    await containerOf(inputs, inputs.container).createIfNotExists();
    return {};
  },
};
