import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";

const began = Date.now();

/** Says a line of progress with the time since the start. */
export const say = (text) =>
  process.stderr.write(`[${String(Math.round((Date.now() - began) / 1000)).padStart(3)} s] ${text}\n`);

/** Runs a command to its end and gives what it printed; its output is shown only when it fails. */
export function run(command, words, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    child.once("error", fail);
    child.once("close", (code) => {
      if (code === 0) done(said);
      else fail(new Error(`${basename(command)} ${words[0]} ended with ${code}:\n${said.slice(-4000)}`));
    });
  });
}

/**
 * Does `work` unless it was done for the same `inputs`. The stamp is written last and is part of what `work` makes,
 * so that a step that was broken off, or whose result was removed, is done again.
 */
export async function once(title, stamp, inputs, work) {
  const wanted = createHash("sha256").update(inputs.join("\n")).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say(`installing ${title} …`);
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  say(`${title} installed`);
}
