import { Cron } from "croner";
import { compactionCron } from "../../components/processes/compaction";
import { stopServices } from "../../local/provider/supervisor";
import { environments } from "../lifecycle";
import { onOwnPlatform } from "../ownPlatform";
import type { Session } from "../session";
import { status } from "../status";
import { champions, differences, takeCensus } from "./census";
import type { OpenBackup } from "./manifest";
import { restore } from "./restore";

/** What a rehearsal found. */
export interface Rehearsal {
  readonly backup: string;
  /** When the backup was taken; RFC 3339. */
  readonly taken: string;
  /** Seconds from the opened backup to a platform that serves. */
  readonly restoredSeconds: number;
  /** Counts and hashes that were compared. */
  readonly compared: number;
  readonly differences: readonly {
    readonly what: string;
    readonly expected: string;
    readonly found: string;
  }[];
}

/**
 * Restores a backup into a home of its own, beside this machine's platform, and compares all that it has with what the
 * backup counted. The home is removed after it.
 */
export async function rehearse(session: Session, backup: OpenBackup, keep: boolean): Promise<Rehearsal> {
  const began = new Date();
  const found = await rehearseOnce(session, backup, keep);
  // What was compacted meanwhile is there, in other blobs. The next hour is far enough for a second time.
  if (keep || !found.differences.some(({ what }) => isLog(what)) || !compactedSince(began)) return found;
  session.progress.say("predictions were compacted meanwhile: once more");
  return rehearseOnce(session, backup, keep);
}

const isLog = (what: string) => what.endsWith(" blobs inference");

const compactedSince = (began: Date) =>
  Number(new Cron(compactionCron, { timezone: "UTC" }).nextRun(began)) <= Date.now();

function rehearseOnce(session: Session, backup: OpenBackup, keep: boolean): Promise<Rehearsal> {
  const { taken, census } = backup.manifest;
  return onOwnPlatform(session, { name: "rehearsal", keep }, async () => {
    const began = performance.now();
    await restore(session, backup, { fresh: true });
    const served = champions(await status());
    const restoredSeconds = Math.round((performance.now() - began) / 100) / 10;
    const found = await session.progress.step("compare", async () => {
      await Promise.all(environments().map((name) => stopServices(name, ["postgres", "blobs"])));
      return { ...(await takeCensus()), ...served };
    });
    const compared = Object.keys(census).length;
    return {
      backup: backup.folder,
      taken,
      restoredSeconds,
      compared,
      differences: differences(census, found),
    };
  });
}
