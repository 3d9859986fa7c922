import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../providers/local/home";
import { copyCheckout } from "./checkout";
import { preview } from "./plan";

const answers = (program: string, ...words: string[]) =>
  spawnSync(program, words, { stdio: "ignore", timeout: 20_000 }).status === 0;

const hasPulumi = answers("pulumi", "version");

/** What a stack needs beside the CLI: Azure's provider logs in, that of Kubernetes wants a cluster behind the context. */
const login: Readonly<Record<string, () => boolean>> = {
  dev: () => answers("az", "account", "show"),
  prod: () => answers("az", "account", "show"),
  "onprem-dev": () => answers("kubectl", "--context", "onprem-dev", "version"),
  "onprem-prod": () => answers("kubectl", "--context", "onprem-prod", "version"),
};

function missing(stack: string): string | undefined {
  if (!hasPulumi) return "there is no pulumi on PATH";
  return login[stack]?.() ? undefined : "nobody is logged in where it goes";
}

/** Previews a stack of a copy of the program by the CLI, with the rules, against an empty state of its own. */
function previewByCli(stack: string): { changeSummary: Record<string, number> } {
  const checkout = copyCheckout();
  const backend = mkdtempSync(join(tmpdir(), "ecluse-backend-"));
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: "preview",
  };
  const pulumi = (...words: string[]) =>
    spawnSync("pulumi", words, { cwd: checkout.projectDir, env, encoding: "utf8", maxBuffer: 1 << 28 });
  try {
    expect(pulumi("stack", "init", stack, "--non-interactive").status).toBe(0);
    const pack = join(projectRoot, "policies");
    const { status, stdout, stderr } = pulumi("preview", "--stack", stack, "--json", "--policy-pack", pack);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return JSON.parse(stdout);
  } finally {
    checkout.remove();
    rmSync(backend, { recursive: true });
  }
}

describe("the Pulumi CLI plans what the embedded engine plans, and the rules hold", () => {
  for (const stack of Object.keys(login)) {
    const reason = missing(stack);
    it.skipIf(reason)(
      `for ${stack}${reason ? ` (skipped: ${reason})` : ""}`,
      { timeout: 600_000 },
      async () => {
        const { changes } = await preview(stack);
        expect(previewByCli(stack).changeSummary.create).toBe(changes.create);
      },
    );
  }
});
