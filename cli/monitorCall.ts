import type { MonitorCall } from "./outputs";
import { callPython, type Ended } from "./python";

/** Calls the monitor of a use case with other words than its schedule does. */
export function askMonitor(
  { command, env }: MonitorCall,
  words: readonly string[],
  onLine = (line: string): void => void process.stderr.write(`${line}\n`),
): Promise<Ended> {
  // The scheduled command is `<python> -m <module> check`.
  const [python = "", ...module] = command.slice(0, -1);
  return callPython({
    python,
    words: [...module, ...words],
    // Files are named from where the user is, and no code is taken from there.
    cwd: process.cwd(),
    env: { ...env, PYTHONSAFEPATH: "1" },
    onLine,
  });
}
