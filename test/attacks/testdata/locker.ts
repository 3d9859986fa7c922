import { closeSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { thisProcess, tryLock } from "../../../local/lock";

// One of several processes that take over a dead holder's lock, again and again. It prints `two` when another holds the
// lock too, and ends as a killed process does: what it leaves is the lock of a holder that is gone.
const [file = "", rounds = "0"] = process.argv.slice(2);

function work(): void {
  try {
    closeSync(openSync(`${file}.inside`, "wx"));
  } catch {
    process.stdout.write("two\n");
    return;
  }
  rmSync(`${file}.inside`);
}

function leaveDead(): void {
  const draft = `${file}.dead.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ ...thisProcess(), started: String(Math.random()), since: "then" }));
  renameSync(draft, file);
}

for (let round = 0; round < Number(rounds); ) {
  if (typeof tryLock(file) !== "function") continue;
  work();
  leaveDead();
  round++;
}
