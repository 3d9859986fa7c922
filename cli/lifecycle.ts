import { existsSync } from "node:fs";
import { join } from "node:path";
import { basinPath } from "../local/home";
import { isReady, readiness } from "../local/provider/kinds/service";
import { managerPid, startManager, stopManager } from "../local/provider/supervisor";
import type { Session } from "./session";
import { localStacks, UserError } from "./stacks";

/** The basins that were brought up on this machine: the forge and the environments, in the order they start. */
export function basins(): string[] {
  const names = localStacks().map((settings) => (settings.kind === "forge" ? "forge" : settings.environment));
  return names.filter((name) => existsSync(join(basinPath(name), "supervisor/programs")));
}

/** Waits until every service of a basin answers; throws with those that do not. */
async function waitReady(basin: string, signal: AbortSignal): Promise<void> {
  const until = Date.now() + 120_000;
  let waiting = Object.entries(readiness(basin));
  while (waiting.length > 0) {
    const answers = await Promise.all(waiting.map(([, ready]) => isReady(ready)));
    waiting = waiting.filter((_, index) => !answers[index]);
    if (waiting.length === 0) return;
    signal.throwIfAborted();
    if (Date.now() > until) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const names = waiting.map(([name, ready]) => `${name} (${ready})`).join(", ");
  if (names)
    throw new UserError(`${basin}: no answer of ${names}; see npx ecluse logs ${basin}/${waiting[0]?.[0]}`);
}

/** Starts every service that was made, of all basins or of those named, and waits until each answers. Data and secrets are those of before. */
export async function start(
  { progress, signal }: Session,
  only: readonly string[] = basins(),
): Promise<void> {
  const stopped = basins().filter((basin) => only.includes(basin) && managerPid(basin) === undefined);
  const begin = async (basin: string) => {
    await startManager(basin);
    await waitReady(basin, signal);
  };
  await Promise.all(stopped.map((basin) => progress.step(`start ${basin}`, () => begin(basin))));
}

/** Stops every service; data stays. */
export async function stop({ progress }: Session): Promise<void> {
  await Promise.all(basins().map((basin) => progress.step(`stop ${basin}`, () => stopManager(basin))));
}
