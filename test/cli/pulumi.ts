import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Document } from "../../local/engine/document";
import { nodeBinary, projectRoot } from "../../local/home";

/** How a command of the CLI ended, and what it printed. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** A step as `pulumi preview --json` lists it. */
export interface DigestStep {
  readonly op: string;
  readonly urn: string;
  readonly [key: string]: unknown;
}

/** What `pulumi preview --json` prints. */
export interface Digest {
  readonly config: Readonly<Record<string, string>>;
  readonly steps: readonly DigestStep[];
  readonly diagnostics?: readonly {
    readonly message: string;
    readonly severity: string;
    readonly urn?: string;
  }[];
  readonly changeSummary: Readonly<Record<string, number>>;
}

/** The passphrase of every stack that tests make. */
export const passphrase = "correct horse";

/** The Pulumi CLI on a project, as `npx pulumi` starts it, with a backend folder of its own. */
export class Pulumi {
  readonly backend = mkdtempSync(join(tmpdir(), "ecluse-backend-"));

  /** `home` has the CLI (see setup.ts); `env` is given to everything that the CLI starts. */
  constructor(
    private readonly home: string,
    private readonly projectDir: string,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  /** What every command is given of the environment: nothing that belongs to another stack. */
  environment(): Record<string, string> {
    const { PATH = "", HOME = "", LANG = "C.UTF-8" } = process.env;
    return {
      PATH: [dirname(nodeBinary), PATH].join(":"),
      HOME,
      LANG,
      PULUMI_HOME: this.home,
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_ERROR_OUTPUT_STRING: "true",
      ...this.env,
    };
  }

  /** Runs `pulumi <words>` to its end. */
  async run(...words: readonly string[]): Promise<Outcome> {
    const began = performance.now();
    const child = spawn(nodeBinary, [join(projectRoot, "node_modules/pulumi/run.js"), ...words], {
      cwd: this.projectDir,
      env: this.environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => (said[name] += text));
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once("error", reject).once("close", resolve),
    );
    return { code, ...said, seconds: (performance.now() - began) / 1000 };
  }

  /** Runs `pulumi <words>`; throws what it printed when it fails. */
  async must(...words: readonly string[]): Promise<Outcome> {
    const outcome = await this.run(...words);
    if (outcome.code === 0) return outcome;
    throw new Error(
      `pulumi ${words.join(" ")} ended with ${outcome.code}:\n${outcome.stdout}${outcome.stderr}`,
    );
  }

  /** Makes a stack; its file in the project gets the salt of its secrets. */
  async init(stack: string): Promise<void> {
    await this.must("stack", "init", stack, "--non-interactive");
  }

  /** Previews a stack; throws when that fails. */
  async preview(stack: string, ...words: readonly string[]): Promise<Digest> {
    const { stdout } = await this.must("preview", "--stack", stack, "--json", "--non-interactive", ...words);
    return JSON.parse(stdout) as Digest;
  }

  /** Runs `up`, `refresh` or `destroy`; gives how many steps of each kind it took, by the CLI's own count. */
  async change(operation: "up" | "refresh" | "destroy", stack: string, ...words: readonly string[]) {
    await this.must(operation, "--stack", stack, "--yes", "--skip-preview", "--non-interactive", ...words);
    const { stdout } = await this.must("stack", "history", "--stack", stack, "--json", "--page-size", "1");
    const [last] = JSON.parse(stdout) as { result: string; resourceChanges: Record<string, number> }[];
    return last?.resourceChanges ?? {};
  }

  /** The state as `pulumi stack export` writes it. */
  async state(stack: string): Promise<Document> {
    return JSON.parse((await this.must("stack", "export", "--stack", stack)).stdout) as Document;
  }

  /** The state with its secrets in plain. */
  async shownState(stack: string): Promise<Document> {
    return JSON.parse(
      (await this.must("stack", "export", "--stack", stack, "--show-secrets")).stdout,
    ) as Document;
  }

  /** Removes its backend. */
  remove(): void {
    rmSync(this.backend, { recursive: true, force: true });
  }
}
