import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium as playwright } from "playwright-core";

/** The browser on PATH, or undefined where there is none. */
export function chromium(): string | undefined {
  const found = (path: string) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "chromium"))
    .find(found);
}

/**
 * Starts that browser without a window. It resolves names by `names` alone, which says none unless given: nothing but
 * files can be loaded then.
 */
export const startBrowser = (executablePath: string, names = "MAP * ~NOTFOUND"): Promise<Browser> =>
  playwright.launch({
    executablePath,
    // Root has no sandbox to give.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [`--host-resolver-rules=${names}`],
  });
