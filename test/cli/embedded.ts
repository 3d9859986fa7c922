import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiled } from "../../cli/deploy";
import { run } from "../../local/engine/engine";
import type { Operation } from "../../local/engine/events";
import type { RunResult } from "../../local/engine/options";
import { passphrase } from "./pulumi";

/** The embedded engine on a project, with a backend folder of its own. */
export class Embedded {
  readonly backend = mkdtempSync(join(tmpdir(), "ecluse-engine-"));

  /** `env` is given to the program and to providers. */
  constructor(
    private readonly projectDir: string,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  /** The file that holds a stack's state. */
  stateFile = (stack: string) => join(this.backend, `${stack}.json`);

  /** Runs an operation. */
  run(operation: Operation, stack: string): Promise<RunResult> {
    const { projectDir, backend: backendDir } = this;
    // An environment of this machine reads the forge's outputs.
    const passphrases = { "local-forge": passphrase };
    const env = { ...compiled, ...this.env };
    return run({ operation, projectDir, stack, backendDir, passphrase, passphrases, env });
  }

  /** Takes over a state that `pulumi stack export` wrote. */
  take(stack: string, file: string): void {
    copyFileSync(file, this.stateFile(stack));
  }

  /** Forgets a stack, as if it had never been brought up. */
  forget(stack: string): void {
    rmSync(this.stateFile(stack), { force: true });
  }

  /** Removes its backend. */
  remove(): void {
    rmSync(this.backend, { recursive: true, force: true });
  }
}
