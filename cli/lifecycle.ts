import { existsSync } from "node:fs";
import { join } from "node:path";
import { environmentPath } from "../local/home";
import { isReady, readiness } from "../local/provider/kinds/service";
import { managerPid, startManager, stopManager } from "../local/provider/supervisor";
import type { Session } from "./session";
import { localStacks, UserError } from "./stacks";

/** What was brought up on this machine, in the order it starts: `forge`, then the environments. */
export function environments(): string[] {
  const names = localStacks().map((settings) => (settings.kind === "forge" ? "forge" : settings.environment));
  return names.filter((name) => existsSync(join(environmentPath(name), "supervisor/programs")));
}

/** Waits until every service of an environment answers; throws with those that do not. */
async function waitReady(environment: string, signal: AbortSignal): Promise<void> {
  const until = Date.now() + 120_000;
  let waiting = Object.entries(readiness(environment));
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
    throw new UserError(
      `${environment}: no answer of ${names}; see npx ecluse logs ${environment}/${waiting[0]?.[0]}`,
    );
}

/**
 * Starts every service that was made, of all environments or of those named, and waits until each answers. Data and
 * secrets are those of before.
 */
export async function start(
  { progress, signal }: Session,
  only: readonly string[] = environments(),
): Promise<void> {
  const stopped = environments().filter(
    (environment) => only.includes(environment) && managerPid(environment) === undefined,
  );
  const begin = async (environment: string) => {
    await startManager(environment);
    await waitReady(environment, signal);
  };
  await Promise.all(
    stopped.map((environment) => progress.step(`start ${environment}`, () => begin(environment))),
  );
}

/** Stops every service; data stays. */
export async function stop({ progress }: Session): Promise<void> {
  await Promise.all(
    environments().map((environment) => progress.step(`stop ${environment}`, () => stopManager(environment))),
  );
}
