import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { eventually } from "../local/eventually";
import { at } from "./addresses";

// The cluster lives in namespaces of its own: processes, network and mounts. They end with the first process in them,
// and all that runs there ends with it: so nothing of the cluster is left, however it ended.
const kinds = ["--net", "--mount", "--pid"];

/**
 * The first process: it reaps what others leave. Mounts are shared from here on, as containers need it. Own /run: the
 * machine may have a containerd of its own.
 */
const first = `mount --make-rshared / && mount -t tmpfs tmpfs /run && mkdir -p /run/netns /run/lock &&
while :; do sleep 3600; done # ${at()}`;

const record = () => at("space.pid");

/** The first process's id, as the machine sees it; undefined when the cluster is not up. */
export function spaceId(): number | undefined {
  if (!existsSync(record())) return undefined;
  const pid = Number(readFileSync(record(), "utf8"));
  const commandFile = `/proc/${pid}/cmdline`;
  // The number may be another process's by now.
  return existsSync(commandFile) && readFileSync(commandFile, "utf8").includes(`# ${at()}`) ? pid : undefined;
}

function firstChild(pid: number): number | undefined {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  return child ? Number(child) : undefined;
}

/** Makes the namespaces. */
export async function openSpace(): Promise<void> {
  const words = [...kinds, "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
  const outer = spawn("unshare", [...words, "sh", "-c", first], { detached: true, stdio: "ignore" });
  outer.unref();
  await eventually(async () => {
    const pid = firstChild(outer.pid ?? 0);
    if (pid) writeFileSync(record(), String(pid));
    return spaceId();
  }, 10);
}

/** Ends all that runs in the namespaces, and with that the namespaces, their network and their mounts. */
export async function closeSpace(): Promise<void> {
  const pid = spaceId();
  if (pid === undefined) return;
  process.kill(pid, "SIGKILL");
  await eventually(async () => spaceId() === undefined);
}

/** The command that runs another one inside of the namespaces. */
export function inside(words: readonly string[]): string[] {
  const pid = spaceId();
  if (pid === undefined) throw new Error("the cluster is not up: npx ecluse cluster up");
  return ["nsenter", "--target", String(pid), ...kinds, "--", ...words];
}

/** Starts a program of the cluster, which outlives this process; what it prints is in `logs/<name>.log`. */
export function start(name: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  mkdirSync(at("logs"), { recursive: true });
  const log = openSync(at("logs", `${name}.log`), "a");
  const [program = "", ...rest] = inside(words);
  // Detached: Ctrl-C is for the command, not for the cluster.
  const child = spawn(program, rest, { cwd: at(), detached: true, env, stdio: ["ignore", log, log] });
  closeSync(log);
  child.once("error", () => {}); // whoever waits for it says so, with the log
  child.unref();
}
