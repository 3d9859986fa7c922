import { rmSync } from "node:fs";
import { join } from "node:path";
import { environmentFolder } from "../../home";
import type { Kind } from "../kind";
import { startManager, stopManager } from "../supervisor";

/** One process manager for each environment: no process of one environment is a child of another's. */
export interface ProcessManagerInputs {
  readonly environment: string;
}

/**
 * `ProcessManager`: keeps the environment's services alive; its removal stops them, and removes logs, specs and
 * people's copies of data.
 */
export const processManager: Kind<ProcessManagerInputs, object> = {
  inputs: { environment: "string" },
  async create({ environment }) {
    await startManager(environment);
    return {};
  },
  async delete({ environment }) {
    await stopManager(environment);
    for (const folder of ["supervisor", "services", "logs", "tokens", "tmp", "landed"])
      rmSync(join(environmentFolder(environment), folder), { recursive: true, force: true });
  },
};
