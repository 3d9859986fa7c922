import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Document, ResourceState } from "../document";
import { run } from "../engine";
import type { EngineEvent } from "../events";
import type { RunOptions, RunResult } from "../options";

const PASSPHRASE = "correct horse";
// Compiled code is shared by all tests: a plugin's first compilation takes seconds.
const cache = join(__dirname, "../../../node_modules/.cache/engine-test");
/** The environment that makes programs and plugins share it. */
export const caches = {
  NODE_COMPILE_CACHE: join(cache, "node"),
  TS_NODE_CACHE_DIRECTORY: join(cache, "ts-node"),
};

/** A fresh stack of the fixture program, whose files and state are in a folder of its own. */
export class Fixture {
  readonly dir = mkdtempSync(join(tmpdir(), "ecluse-engine-"));
  readonly stateFile = join(this.dir, "state", "dev.json");
  events: EngineEvent[] = [];

  /** What `run` gets; `config` is that of the fixture program. */
  options(
    operation: RunOptions["operation"],
    config: Record<string, string>,
    more: Partial<RunOptions>,
  ): RunOptions {
    this.events = [];
    return {
      operation,
      projectDir: join(__dirname, "program"),
      stack: "dev",
      backendDir: join(this.dir, "state"),
      passphrase: PASSPHRASE,
      config,
      env: { ...caches, FIXTURE_DIR: this.dir },
      onEvent: (event) => this.events.push(event),
      ...more,
    };
  }

  up(
    scenario: string,
    config: Record<string, string> = {},
    more: Partial<RunOptions> = {},
  ): Promise<RunResult> {
    return run(this.options("up", { scenario, ...config }, more));
  }

  preview(
    scenario: string,
    config: Record<string, string> = {},
    more: Partial<RunOptions> = {},
  ): Promise<RunResult> {
    return run(this.options("preview", { scenario, ...config }, more));
  }

  destroy(more: Partial<RunOptions> = {}): Promise<RunResult> {
    return run(this.options("destroy", {}, more));
  }

  /** Runs the engine in a process of its own, and kills that once the provider was called so, as `create first`. */
  async killAt(call: string, { onEvent: _none, ...options }: RunOptions): Promise<void> {
    const engine = spawn(process.execPath, ["--import", "tsx", join(__dirname, "up.ts")], {
      env: { ...process.env, FIXTURE_OPTIONS: JSON.stringify(options) },
      stdio: "inherit",
    });
    await this.called(call, engine);
    engine.kill("SIGKILL");
    await once(engine, "exit");
  }

  /** Resolves once the provider was called so; throws when `caller` ends before. */
  async called(call: string, caller: ChildProcess): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!this.calls().includes(call)) {
      if (Date.now() > deadline || caller.exitCode !== null)
        throw new Error(`the provider was never called: ${call}`);
      await sleep(20);
    }
  }

  /** The calls of the provider so far, such as `create first`; those that only ask are in `asked.log`. */
  calls(name: "calls.log" | "asked.log" = "calls.log"): string[] {
    const file = join(this.dir, name);
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** The text of a file that the provider wrote; undefined if there is none. */
  file(name: string): string | undefined {
    const file = join(this.dir, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  document(): Document {
    return JSON.parse(readFileSync(this.stateFile, "utf8")) as Document;
  }

  /** The resources of this name in the state. */
  states(name: string): ResourceState[] {
    return (this.document().deployment.resources ?? []).filter((state) => state.urn.endsWith(`::${name}`));
  }

  /** All output so far, as one text. */
  output(): string {
    return JSON.stringify(this.events);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
