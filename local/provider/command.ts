import { join } from "node:path";
import { environmentFolder, privateFolder } from "../home";

/** A command of the local target with its environment; the secret part is never written in clear. */
export interface CommandInputs {
  readonly environment: string;
  readonly name: string;
  /** Program and arguments; the program is an absolute path. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, string>>;
}

/** The shapes of {@link CommandInputs}. */
export const commandShapes = {
  environment: "string",
  name: "string",
  command: "strings",
  env: "map",
  secretEnv: "map",
} as const;

/** The variables of a process: nothing of the caller's, a private home and temporary folder. */
export function plainEnvironment({
  environment,
  env,
}: Pick<CommandInputs, "environment" | "env">): Record<string, string> {
  return {
    PATH: "/usr/bin:/bin",
    LANG: "C.UTF-8",
    HOME: environmentFolder(environment),
    TMPDIR: privateFolder(join(environmentFolder(environment), "tmp"), true),
    PYTHONUNBUFFERED: "1",
    // Fewer malloc arenas: a third less memory for the Python servers, at no cost at this load.
    MALLOC_ARENA_MAX: "2",
    // Threads that wait must sleep: spinning ones take the processor from the other environment's.
    OMP_WAIT_POLICY: "passive",
    ...env,
  };
}
