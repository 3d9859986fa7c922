import { join } from "node:path";
import { EngineError } from "../../protocol/errors";
import { Child } from "./child";
import type { Config } from "./config";
import type { EventSink } from "./events";
import { ORGANIZATION } from "./monitor";
import { sdkCommand } from "./plugin";
import type { Project } from "./project";

/** How the program is started. */
export interface ProgramOptions {
  readonly project: Project;
  readonly projectDir: string;
  readonly stack: string;
  readonly config: Config;
  readonly preview: boolean;
  readonly parallel: number;
  /** Where both `ResourceMonitor` and `Engine` are served. */
  readonly address: string;
  readonly env: Readonly<Record<string, string>>;
  readonly events: EventSink;
}

const TRACES = join(__dirname, "traces.ts");

/** The exit code by which the SDK says that it has already reported the error. */
const REPORTED = 32;

/**
 * Starts the unmodified program through the SDK's `run`, as the CLI's language host does: with the same arguments in
 * the same working directory, and with nothing that the project's own `tsconfig.json` does not say.
 */
export function startProgram(options: ProgramOptions): Child {
  const { address, projectDir, project, stack, parallel, preview, events } = options;
  const flags = {
    monitor: address,
    engine: address,
    organization: ORGANIZATION,
    project: project.name,
    stack,
    pwd: project.programDir,
    "root-directory": projectDir,
    parallel: String(parallel),
    ...(preview ? { "dry-run": "true" } : {}),
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}=${value}`]);
  return new Child({
    args: ["--require", TRACES, sdkCommand("run", project.programDir), ...args, project.entry],
    cwd: project.programDir,
    env: {
      ...options.env,
      PULUMI_NODEJS_TYPESCRIPT: "true",
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(options.config.values)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify([...options.config.secretKeys]),
    },
    onLine: (line) => events.emit({ type: "log", source: "program", line }),
  });
}

/**
 * Waits for the program; one that did not end well is an error: its own message alone, if it has sent one to the
 * engine.
 */
export async function programEnd(program: Child, events: EventSink): Promise<void> {
  const code = await program.ended;
  if (code === 0) return;
  const reported = code === REPORTED ? events.takeHeld() : [];
  throw new EngineError(reported.join("\n") || `the program failed (exit ${code}):\n${program.lastWords}`);
}
