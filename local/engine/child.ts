import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const LEASH = join(__dirname, "leash.ts");

/** How a child process is started. */
export interface ChildOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called with every line that it prints. */
  readonly onLine: (line: string) => void;
}

/** A Node process of the engine's own, with the last lines it printed on stderr. */
export class Child {
  /** Resolves with the exit code (or the signal's name) once it has ended and its output is read. */
  readonly ended: Promise<number | string>;
  private readonly process: ChildProcess;
  private readonly tail: string[] = [];

  constructor(options: ChildOptions) {
    this.process = spawn(process.execPath, ["--require", LEASH, ...options.args], {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: "pipe",
    });
    this.ended = new Promise((resolve, reject) => {
      this.process.once("error", reject);
      this.process.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
    });
    // Whoever waits for it sees the failure; nobody waiting must not bring the engine down.
    this.ended.catch(() => {});
    this.read(options.onLine);
  }

  /** The last lines of its stderr, for an error message. */
  get lastWords(): string {
    return this.tail.join("\n");
  }

  /** Stops it: SIGTERM, then SIGKILL after `graceMs`. */
  async stop(graceMs = 5000): Promise<void> {
    this.process.kill("SIGTERM");
    const timer = setTimeout(() => this.process.kill("SIGKILL"), graceMs);
    await this.ended.catch(() => {});
    clearTimeout(timer);
  }

  private read(onLine: (line: string) => void): void {
    const { stdout, stderr } = this.process;
    if (stdout) createInterface({ input: stdout }).on("line", onLine);
    if (!stderr) return;
    createInterface({ input: stderr }).on("line", (line) => {
      this.tail.push(line);
      if (this.tail.length > 20) this.tail.shift();
      onLine(line);
    });
  }
}
