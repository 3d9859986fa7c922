import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { homeFolder } from "../local/home";
import { stop } from "./lifecycle";
import type { Session } from "./session";

/**
 * Runs something on a platform of its own, beside this machine's, which is stopped and removed after it. `name` is in
 * the name of its home.
 */
export async function onOwnPlatform<T>(
  session: Session,
  { name, keep }: { readonly name: string; readonly keep: boolean },
  work: () => Promise<T>,
): Promise<T> {
  const parent = dirname(homeFolder());
  mkdirSync(parent, { recursive: true });
  const home = mkdtempSync(join(parent, `.ecluse-${name}-`));
  const own = process.env.ECLUSE_HOME;
  process.env.ECLUSE_HOME = home;
  try {
    return await work();
  } finally {
    if (keep) session.progress.say(`kept: ECLUSE_HOME=${home} npx ecluse status; npx ecluse stop ends it`);
    else {
      await stop(session);
      rmSync(home, { recursive: true, force: true });
    }
    // What comes after it is about this machine's platform again.
    if (own === undefined) delete process.env.ECLUSE_HOME;
    else process.env.ECLUSE_HOME = own;
  }
}
