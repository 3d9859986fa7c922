import { rmSync } from "node:fs";
import { join } from "node:path";
import { environmentFolder, privateFolder } from "../../home";
import type { Kind } from "../kind";

/** A private folder of an environment. */
export interface DataFolderInputs {
  readonly environment: string;
  readonly name: string;
}

/** `DataFolder`: its output is the path; the removal removes what is in it. */
export const dataFolder: Kind<DataFolderInputs, { path: string }> = {
  inputs: { environment: "string", name: "string" },
  async create({ environment, name }) {
    return { path: privateFolder(join(environmentFolder(environment), name)) };
  },
  async delete({ path }) {
    rmSync(path, { recursive: true, force: true });
  },
};
