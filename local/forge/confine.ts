import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import { projectRoot } from "../home";

/** What confines a command: a program of its own, run by its path, so that it gives the command no variable. */
const program = join(projectRoot, "python/ecluse_local/confine.py");

/** How jobs are kept apart on this machine, as {@link probeConfinement} found it. */
export interface Confinement {
  readonly python: string;
  readonly mode: "landlock" | "user" | "none";
  /** Whether each job has processes, shared memory and message queues of its own, and ends with all that it started. */
  readonly namespaces: boolean;
  /** What is enforced and what is not, for people. */
  readonly note: string;
}

/** What a confined command may touch; folders must exist. TCP ports are for connecting, on any host. */
export interface Limits {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly ports: readonly number[];
  /** The user that runs the command where Landlock cannot be had (mode `user`). */
  readonly uid: number;
}

const UNPROTECTED =
  "jobs are not confined on this machine: dev and prod are not protected from hostile code of the same user";

const NO_NAMESPACES =
  "a job may see other processes and change modes of files, and its memory is not limited (no user namespaces: " +
  "kernel.unprivileged_userns_clone, AppArmor's restriction of them, or a container's mounts over /proc)";

const OTHER_USER = "jobs run as another user; their network is not limited (no Landlock)";

/** Where root's own folders are closed, another user can't reach the interpreter in them. */
function otherUserCanRun(): boolean {
  const setpriv = ["--reuid=61000", "--regid=61000", "--clear-groups", process.execPath, "--version"];
  return spawnSync("setpriv", setpriv).status === 0;
}

/** Lets that other user pass through, not list or read, the folders above its own. */
export function openThrough(confinement: Confinement, folders: readonly string[]): void {
  if (confinement.mode === "user") for (const folder of folders) chmodSync(folder, 0o711);
}

/** What the machine can enforce. */
export interface Protection {
  /** The kernel's ABI of Landlock, 0 for none: files by 1, TCP ports by 4, signals by 6. */
  readonly landlock: number;
  readonly namespaces: boolean;
  /** Whether the filter of system calls can be had. */
  readonly sockets: boolean;
  /** Whether a job can run as another user. */
  readonly other_user: boolean;
}

/** Looks what the machine can enforce; `python` is the platform's interpreter. */
export const probeMachine = (python: string): Protection =>
  JSON.parse(execFileSync(python, [program, "probe"], { encoding: "utf8" }));

/** Finds the best confinement that this machine has; `python` is the platform's interpreter. */
export function probeConfinement(python: string): Confinement {
  const found = probeMachine(python);
  const { namespaces } = found;
  if (found.landlock < 1 && found.other_user && otherUserCanRun())
    return { python, mode: "user", namespaces, note: OTHER_USER };
  if (found.landlock < 1) return { python, mode: "none", namespaces, note: `${UNPROTECTED} (no Landlock)` };
  const facts = [
    ...(namespaces ? ["own processes and shared memory"] : [NO_NAMESPACES]),
    ...(found.landlock < 4 ? ["network ports are not limited (Landlock ABI below 4)"] : []),
    ...(found.landlock < 6
      ? ["signals to processes of the same user are not limited (Landlock ABI below 6)"]
      : []),
    ...(found.sockets
      ? []
      : ["Unix and UDP sockets and System V IPC are not limited (no filter for this processor)"]),
  ];
  return {
    python,
    mode: "landlock",
    namespaces,
    note: [`Landlock ABI ${found.landlock}`, ...facts].join("; "),
  };
}

/** The command line that runs `command` within limits; throws when a readable folder would hold a secret one. */
export function confinedCommand(
  confinement: Confinement,
  home: string,
  limits: Limits,
  command: readonly string[],
): [string, ...string[]] {
  for (const path of [...limits.read, ...limits.write])
    if ([home, homedir()].some((secret) => `${resolve(secret)}${sep}`.startsWith(`${resolve(path)}${sep}`)))
      throw new Error(
        `a job may not be given ${path}: ${home} or the user's home is in it; move the interpreter`,
      );
  return [
    confinement.python,
    program,
    `--mode=${confinement.mode}`,
    ...(confinement.namespaces ? ["--namespaces"] : []),
    `--uid=${limits.uid}`,
    ...limits.read.map((path) => `--read=${path}`),
    ...limits.write.map((path) => `--write=${path}`),
    ...limits.ports.map((port) => `--connect=${port}`),
    "--",
    ...command,
  ];
}

/** How a confined command is run: `line` gets each line of its output, `signal` and `seconds` end it. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly line: (text: string) => void;
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a command line and gives its exit code, or -1 when it was ended from here. */
export function runLines([file, ...args]: [string, ...string[]], options: RunOptions): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let ended = false;
    const end = () => {
      ended = true;
      child.kill("SIGTERM"); // confine.py then kills all that is below it
    };
    const timer = setTimeout(end, options.seconds * 1000);
    options.signal?.addEventListener("abort", end, { once: true });
    if (options.signal?.aborted) end();
    const flushes = [child.stdout, child.stderr].map((stream) => splitLines(stream, options.line));
    child.on("error", fail);
    child.on("close", (code) => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", end);
      for (const flush of flushes) flush();
      done(ended ? -1 : (code ?? -1));
    });
  });
}

/** Longer lines are cut: a program that writes no end of one must not fill the memory of who listens. */
const LONGEST_LINE = 64 << 10;

function splitLines(stream: NodeJS.ReadableStream, line: (text: string) => void): () => void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(line);
    if (rest.length < LONGEST_LINE) return;
    line(rest);
    rest = "";
  });
  return () => {
    if (rest) line(rest);
  };
}
