import { resolve } from "node:path";
import type { Command } from "commander";
import { recordDrill } from "../evidence";
import { elapsed } from "../progress";
import { jsonOption, print, printJson, type Session } from "../session";
import { status, statusTable } from "../status";
import { table } from "../table";
import { backup } from "./backup";
import { openBackup } from "./manifest";
import { type Rehearsal, rehearse } from "./rehearse";
import { restore } from "./restore";

interface Options {
  readonly json?: boolean;
  readonly replace?: boolean;
  readonly rehearse?: boolean;
  readonly keep?: boolean;
}

async function backUp(session: Session, to: string, { json }: Options): Promise<void> {
  const { census, ...manifest } = await backup(session, to);
  session.progress.end();
  if (json) return printJson({ ...manifest, census });
  const megabytes = manifest.parts.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 20;
  const parts = manifest.parts.map(({ name }) => name).join(", ");
  print(
    `${resolve(to)}: ${parts}, ${megabytes.toFixed(1)} MB, ${Object.keys(census).length} counts and hashes. Services ` +
      `were stopped for ${manifest.stoppedSeconds} s. The passphrase of ${manifest.passphrase} opens it.`,
  );
}

function rehearsalText({ backup, taken, restoredSeconds, compared, differences }: Rehearsal): string {
  const head = `${backup}, taken ${taken}: restored in ${restoredSeconds} s, ${compared} counts and hashes compared`;
  if (differences.length === 0) return `${head}: all are the same.`;
  const rows = differences.map(({ what, expected, found }) => [what, expected, found]);
  return `${head}, ${differences.length} DIFFER:\n\n${table([["what", "in the backup", "restored"], ...rows])}`;
}

async function restoreFrom(session: Session, from: string, options: Options): Promise<void> {
  const { json, replace = false, keep = false } = options;
  const opened = await session.progress.step("verify the backup", () => openBackup(resolve(from)));
  if (options.rehearse) {
    const found = await rehearse(session, opened, keep);
    recordDrill(found);
    session.progress.end();
    if (json) printJson(found);
    else print(rehearsalText(found));
    if (found.differences.length > 0) process.exitCode = 1;
    return;
  }
  await restore(session, opened, { replace });
  const now = await status();
  session.progress.end();
  if (json) return printJson(now);
  print(`Restored what was there at ${opened.manifest.taken} (${elapsed()}).\n\n${statusTable(now)}`);
}

/** Adds `backup` and `restore`. */
export function addBackupCommands(program: Command, session: Session): void {
  program
    .command("backup <folder>")
    .description("back the platform of this machine up into a new folder; services are stopped meanwhile")
    .option(...jsonOption)
    .action((folder: string, options: Options) => backUp(session, folder, options));
  program
    .command("restore <backup>")
    .description("verify a backup, restore it into an empty home, and bring it up")
    .option("--replace", "put what the home has aside first")
    .option("--rehearse", "into a home of its own, which is compared with the backup and removed")
    .option("--keep", "leave the rehearsal's platform up, to look around")
    .option(...jsonOption)
    .action((from: string, options: Options) => restoreFrom(session, from, options));
}
