import { spawnSync } from "node:child_process";

/** Runs a command and gives what it printed; what it says of errors is shown. Throws when it fails. */
export function run(command: string, args: readonly string[], input?: string): string {
  const { status, stdout, error } = spawnSync(command, args, {
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.slice(0, 2).join(" ")} ended with ${error?.message ?? status}`);
}
