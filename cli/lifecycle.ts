import { existsSync } from "node:fs";
import { join } from "node:path";
import { basinPath } from "../providers/local/home";
import { serviceStates, startManager, stopManager } from "../providers/local/supervisor";
import type { Progress } from "./progress";
import { localStacks } from "./stacks";

/** The basins that were brought up on this machine: the forge and the environments, in the order they start. */
export function basins(): string[] {
  const names = localStacks().map((settings) => (settings.kind === "forge" ? "forge" : settings.environment));
  return names.filter((name) => existsSync(join(basinPath(name), "supervisor/programs")));
}

const settled = (state: string) => state === "RUNNING";

async function waitRunning(basin: string): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (Object.values(await serviceStates(basin)).every(settled)) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const late = Object.entries(await serviceStates(basin)).filter(([, state]) => !settled(state));
  throw new Error(
    `${basin}: ${late.map(([name, state]) => `${name} is ${state}`).join(", ")}; see npx ecluse logs ${basin}/${late[0]?.[0]}`,
  );
}

/** Starts every service that was made, and waits until each runs. Data and secrets are those of before. */
export async function start(progress: Progress): Promise<void> {
  const all = basins();
  for (const basin of all) startManager(basin);
  await Promise.all(all.map((basin) => progress.step(`start ${basin}`, () => waitRunning(basin))));
}

/** Stops every service; data stays. */
export async function stop(progress: Progress): Promise<void> {
  await Promise.all(basins().map((basin) => progress.step(`stop ${basin}`, () => stopManager(basin))));
}
