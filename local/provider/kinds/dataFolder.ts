import { rmSync } from "node:fs";
import { join } from "node:path";
import { basinFolder, privateFolder } from "../../home";
import type { Kind } from "../kind";

/** A private folder of a basin. */
export interface DataFolderInputs {
  readonly basin: string;
  readonly name: string;
}

/** `DataFolder`: its output is the path; the removal removes what is in it. */
export const dataFolder: Kind<DataFolderInputs, { path: string }> = {
  inputs: { basin: "string", name: "string" },
  async create({ basin, name }) {
    return { path: privateFolder(join(basinFolder(basin), name)) };
  },
  async delete({ path }) {
    rmSync(path, { recursive: true, force: true });
  },
};
