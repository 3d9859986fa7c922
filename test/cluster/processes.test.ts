import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { eventually } from "../../local/eventually";
import { nodeBinary, projectRoot } from "../../local/home";
import { Processes, removeAbandoned } from "./processes";

const owner = `
const { Processes } = require("./test/cluster/processes");
const processes = new Processes();
processes.start("sleeper", "sleep", ["600"]);
console.log(JSON.stringify({ pid: processes.pids[0], folder: processes.folder }));
setInterval(() => {}, 1000);
`;

it("leaves no process and no folder behind when its owner is killed", async () => {
  const child = spawn(nodeBinary, ["--import", "tsx", "-e", owner], { cwd: projectRoot });
  const { pid, folder } = await new Promise<{ pid: number; folder: string }>((resolve) =>
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line))),
  );
  removeAbandoned();
  expect([existsSync(`/proc/${pid}`), existsSync(folder)]).toEqual([true, true]);
  // Only what setpriv has become ends with its parent.
  await eventually(
    "setpriv becomes sleep",
    async () => readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n",
  );
  child.kill("SIGKILL");
  await eventually("sleep ends", async () => !existsSync(`/proc/${pid}`));
  removeAbandoned();
  expect(existsSync(folder)).toBe(false);
});

it("says what a process said that ended, to whoever waits", async () => {
  const processes = new Processes();
  processes.start("etcd", "sh", ["-c", "echo no such flag >&2; exit 3"]);
  await expect(processes.until("never", async () => false)).rejects.toThrow(/etcd ended:\nno such flag/);
  await processes.stop();
});

it("removes its folder and ends its processes when it is stopped", async () => {
  const processes = new Processes();
  processes.start("sleeper", "sleep", ["600"]);
  const [pid] = processes.pids;
  await processes.until("sleeper has memory", async () => Number(processes.memory().sleeper) > 0);
  await processes.stop();
  expect([existsSync(`/proc/${pid}`), existsSync(processes.folder)]).toEqual([false, false]);
});
