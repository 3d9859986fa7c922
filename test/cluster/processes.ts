import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../local/eventually";

const alive = ({ pid, exitCode, signalCode }: ChildProcess) =>
  pid !== undefined && exitCode === null && signalCode === null;

const prefix = join(tmpdir(), "ecluse-cluster-");

/** Removes the folders of runs that were killed: each holds a store of 64 MB. */
export function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    const owner = folder.startsWith(prefix) && /^(\d+)-/.exec(folder.slice(prefix.length))?.[1];
    if (!owner || existsSync(`/proc/${owner}`) || statSync(folder).uid !== process.getuid?.()) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processes that end with this one, in a private folder of their own. */
export class Processes {
  readonly folder = mkdtempSync(`${prefix}${process.pid}-`);
  private readonly children = new Map<string, ChildProcess>();
  private failed: (reason: Error) => void = () => {};
  private readonly failure = new Promise<never>((_, reject) => {
    this.failed = reject;
  });

  constructor() {
    this.failure.catch(() => {}); // seen by whoever waits
  }

  /** Process ids of all. */
  get pids(): number[] {
    return [...this.children.values()].flatMap(({ pid }) => pid ?? []);
  }

  /** Starts a program; what it prints is in `<name>.log`. */
  start(name: string, program: string, words: readonly string[]): void {
    const file = join(this.folder, `${name}.log`);
    const log = openSync(file, "w");
    // The kernel ends it when this process ends, however that comes: by Ctrl-C, a crash or `kill -9`.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...words], {
      cwd: this.folder,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.once("error", this.failed);
    child.once("exit", () =>
      this.failed(new Error(`${name} ended:\n${readFileSync(file, "utf8").slice(-2000)}`)),
    );
    this.children.set(name, child);
  }

  /** Waits until `attempt` gives something true, or until a process ends: then it throws what that said last. */
  until<T>(what: string, attempt: () => Promise<T | undefined | false>): Promise<T> {
    return Promise.race([eventually(what, attempt), this.failure]);
  }

  /** Writes a file that only this user reads; gives its path. */
  keep(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** The most memory that each has had, in MB. */
  memory(): Record<string, number> {
    const peak = (pid: number | undefined) =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    const running = [...this.children].filter(([, child]) => alive(child));
    return Object.fromEntries(running.map(([name, { pid }]) => [name, Math.round(peak(pid) / 1024)]));
  }

  /** Ends all at once, and removes the folder: what they keep is for nobody. */
  async stop(): Promise<void> {
    const running = [...this.children.values()].filter(alive);
    const ended = running.map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of running) child.kill("SIGKILL");
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
