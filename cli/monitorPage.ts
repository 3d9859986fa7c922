import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentFolder } from "../local/home";
import { showInBrowser } from "./access";
import { askMonitor } from "./monitorCall";
import type { MonitorCall } from "./outputs";
import { print } from "./session";
import { UserError } from "./stacks";

/**
 * Shows the page of a day's report in the browser, as `report --open` asks, and ends with the monitor's exit code. The
 * page names single rows, so it is a private file of the environment. Where it is goes to stderr: `--json` has stdout.
 * @throws UserError where `--html` names another file.
 */
export async function openReport(
  environment: string,
  useCase: string,
  monitor: MonitorCall,
  words: readonly string[],
): Promise<void> {
  if (words.some((word) => word.startsWith("--html")))
    throw new UserError("--open and --html cannot both be given: leave one of them out");
  const page = join(environmentFolder(environment), `monitor-${useCase}.html`);
  // Made here, since what the monitor makes could be read by others; it writes into a file that is there.
  rmSync(page, { force: true });
  writeFileSync(page, "", { mode: 0o600, flag: "wx" });
  const { code, stdout } = await askMonitor(monitor, [...words, "--html", page]);
  print(stdout.trimEnd());
  process.exitCode = code;
  if (statSync(page).size === 0) return rmSync(page);
  const isShown = showInBrowser(page);
  process.stderr.write(isShown ? `The page is ${page}\n` : `There is no browser here; the page is ${page}\n`);
}
