import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { eventually } from "../local/eventually";
import { at, folder } from "./addresses";
import { run } from "./shell";

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
  // The number may be another process's by now. Before it runs `sh` it is `unshare`, and for a moment nothing.
  const words = existsSync(commandFile) ? readFileSync(commandFile, "utf8") : "";
  return words.startsWith("sh\0") && words.includes(`# ${at()}`) ? pid : undefined;
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
  await eventually(
    "the namespaces are made",
    async () => {
      const pid = firstChild(outer.pid ?? 0);
      if (pid) writeFileSync(record(), String(pid));
      return spaceId();
    },
    10,
  );
}

/** Ends all that runs in the namespaces, and with that the namespaces, their network and their mounts. */
export async function closeSpace(): Promise<void> {
  const pid = spaceId();
  if (pid === undefined) return;
  process.kill(pid, "SIGKILL");
  await eventually("the namespaces end", async () => spaceId() === undefined);
}

/** The command that runs another one inside of the namespaces. */
function inside(words: readonly string[]): string[] {
  const pid = spaceId();
  if (pid === undefined) throw new Error("the cluster is not up: npx ecluse cluster up");
  return ["nsenter", "--target", String(pid), ...kinds, "--", ...words];
}

/** Runs a program inside of the namespaces to its end; gives what it prints, or throws it when it fails. */
export function runInside(...words: readonly string[]): Promise<string> {
  const [program = "", ...rest] = inside(words);
  return run(program, rest);
}

// Nothing else of the user's shell: where it names a proxy, the kubelet would look for the API server there. containerd
// finds runc and its own shims by PATH.
const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ECLUSE_CLUSTER: folder };

const started = new Map<string, ChildProcess>();

const logOf = (name: string) => at("logs", `${name}.log`);

/** Starts a program of the cluster, which outlives this process; what it prints is in `logs/<name>.log`. */
export function start(name: string, words: readonly string[]): void {
  mkdirSync(at("logs"), { recursive: true });
  const log = openSync(logOf(name), "a");
  const [program = "", ...rest] = inside(words);
  // Detached: Ctrl-C is for the command, not for the cluster.
  const child = spawn(program, rest, {
    cwd: at(),
    detached: true,
    env: environment,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.once("error", () => {}); // whoever waits for it shows `troubles`
  child.unref();
  started.set(name, child);
}

// Kubernetes begins such a line with its level; containerd and etcd name it.
const complaint = /^[EF]\d{4} |level=(error|fatal)|"level":"(error|fatal)"|panic/;

/** What the programs that this process started complain of, and which of them ended: for whoever waited in vain. */
export function troubles(): string {
  const lines = [...started].flatMap(([name, { exitCode, signalCode }]) => {
    const end = exitCode ?? signalCode;
    const said = readFileSync(logOf(name), "utf8").trim().split("\n");
    const last = end === null ? said.filter((line) => complaint.test(line)).slice(-2) : said.slice(-4);
    const head = end === null ? [] : [`${name} ended with ${end}`];
    return [...head, ...last.map((line) => `${name}: ${line.slice(0, 300)}`)];
  });
  return [...lines, `all that they said: ${at("logs")}`].join("\n");
}
