import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../local/engine/engine";
import type { RunOptions, RunResult } from "../local/engine/options";
import { projectRoot } from "../local/home";
import { compiled } from "./deploy";

/**
 * Previews a stack against an empty state, or the one that `more` names; nothing of it stays, and nobody's home is
 * asked.
 */
export async function plan(stack: string, more: Partial<RunOptions> = {}): Promise<RunResult> {
  const backendDir = mkdtempSync(join(tmpdir(), "ecluse-plan-"));
  try {
    return await run({
      operation: "preview",
      projectDir: projectRoot,
      stack,
      backendDir,
      // Seals nothing that stays.
      passphrase: "preview",
      env: compiled,
      ...more,
    });
  } finally {
    rmSync(backendDir, { recursive: true });
  }
}
