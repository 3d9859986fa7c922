import { spawn } from "node:child_process";
import { eventually } from "../../local/eventually";

function minutes(text: string): number {
  const found = Number(text);
  if (!(found > 0)) throw new Error(`ECLUSE_BUILD_MINUTES must be a number of minutes, got ${text}`);
  return found;
}

/** How many minutes the builds of this suite may take: `ECLUSE_BUILD_MINUTES`. */
export const buildMinutes = () => minutes(process.env.ECLUSE_BUILD_MINUTES ?? "90");

/** Sends a signal to a group of processes; gives whether there was one left. */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
  }
}

/** Ends a group as Ctrl-C does, since Go and buildah then clean up; by force after `grace` seconds. */
async function end(group: number, grace: number): Promise<void> {
  signal(group, "SIGINT");
  await eventually(`group ${group} ends`, async () => !signal(group, 0), grace).catch(() =>
    signal(group, "SIGKILL"),
  );
}

/**
 * Runs a program to its end, for `seconds` at most: then it ends with all that it started. Gives whether it came to its
 * own end; throws when it failed.
 */
export async function within(seconds: number, words: readonly string[], grace = 20): Promise<boolean> {
  const [program = "", ...rest] = words;
  // Detached: in a group of its own, to which compilers belong.
  const child = spawn(program, rest, { detached: true, stdio: ["ignore", "inherit", "inherit"] });
  let ending: Promise<void> | undefined;
  const timer = setTimeout(() => {
    ending = end(child.pid ?? 0, grace);
  }, seconds * 1000);
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  clearTimeout(timer);
  await ending;
  if (!ending && code !== 0) throw new Error(`${words.join(" ")} ended with ${code}`);
  return !ending;
}
