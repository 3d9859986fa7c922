import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { projectRoot } from "../local/home";
import { UserError } from "./stacks";

/** What the Pulumi CLI does to a stack that is not of this machine. */
export interface CloudRun {
  readonly operation: "up" | "refresh" | "destroy";
  readonly stack: string;
  readonly json: boolean;
  /** Does not ask. */
  readonly yes: boolean;
}

/**
 * The words that run the Pulumi CLI: the one that is installed, else that of the npm package `pulumi`, which fetches
 * it at its first use.
 */
export function pulumiCommand(path = process.env.PATH ?? ""): readonly string[] {
  // npx puts the package's own command on the path, before one that somebody chose to install.
  const folders = path.split(delimiter).filter((folder) => folder && !folder.endsWith("node_modules/.bin"));
  const installed = folders.map((folder) => join(folder, "pulumi")).find(isProgram);
  return installed ? [installed] : [process.execPath, join(projectRoot, "node_modules/pulumi/run.js")];
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The words of a run; `up` is judged by the rules, as the embedded engine judges it. */
export function pulumiWords({ operation, stack, json, yes }: CloudRun): readonly string[] {
  return [
    operation,
    "--stack",
    stack,
    ...(operation === "up" ? ["--policy-pack", join(projectRoot, "policies")] : []),
    ...(json ? ["--json"] : []),
    ...(yes ? ["--yes"] : []),
  ];
}

/** Runs the Pulumi CLI in this terminal, to its end. Throws a {@link UserError} when it fails: it has said why. */
export async function runPulumi(run: CloudRun): Promise<void> {
  const [program = "", ...before] = pulumiCommand();
  const words = pulumiWords(run);
  process.stderr.write(`ecluse: pulumi ${words.join(" ")}\n`);
  const child = spawn(program, [...before, ...words], { cwd: projectRoot, stdio: "inherit" });
  // A terminal sends Ctrl-C to both, and a second one would break the CLI off; nobody else sends it SIGTERM.
  const end = () => child.kill("SIGTERM");
  process.on("SIGTERM", end);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  }).finally(() => process.off("SIGTERM", end));
  if (code !== 0) throw new UserError(`pulumi ${run.operation} ended with ${code ?? "a signal"}: see above`);
}
