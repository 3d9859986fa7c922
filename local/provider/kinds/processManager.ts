import { rmSync } from "node:fs";
import { join } from "node:path";
import { basinFolder } from "../../home";
import type { Kind } from "../kind";
import { startManager, stopManager } from "../supervisor";

/** One process manager for each basin: no process of one environment is a child of another's. */
export interface ProcessManagerInputs {
  readonly basin: string;
}

/** `ProcessManager`: keeps the basin's services alive; its removal stops them and removes logs and specs. */
export const processManager: Kind<ProcessManagerInputs, object> = {
  inputs: { basin: "string" },
  async create({ basin }) {
    await startManager(basin);
    return {};
  },
  async delete({ basin }) {
    await stopManager(basin);
    for (const folder of ["supervisor", "services", "logs", "tokens", "tmp"])
      rmSync(join(basinFolder(basin), folder), { recursive: true, force: true });
  },
};
