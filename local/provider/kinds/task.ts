import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { environmentFolder } from "../../home";
import { type CommandInputs, commandShapes, plainEnvironment } from "../command";
import type { Kind } from "../kind";
import { logFolder } from "../supervisor";
import { logTail } from "./service";

/** A command that runs to its end, as a Kubernetes Job does. */
export interface TaskInputs extends CommandInputs {
  /** Whatever else must make it run again when it changes. */
  readonly triggers?: unknown;
}

/** Runs the command with its output in the environment's log folder; throws with the log's end when it fails. */
async function runTask(inputs: TaskInputs): Promise<object> {
  const [program = "", ...words] = inputs.command;
  const log = openSync(join(logFolder(inputs.environment), `${inputs.name}.log`), "a", 0o600);
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(program, words, {
      env: { ...plainEnvironment(inputs), ...inputs.secretEnv },
      cwd: environmentFolder(inputs.environment),
      stdio: ["ignore", log, log],
    });
    child.once("error", reject).once("exit", resolve);
  }).finally(() => closeSync(log));
  if (code !== 0)
    throw new Error(
      `${inputs.environment}/${inputs.name} ended with ${code}; its log ` +
        `ends:\n${logTail(inputs.environment, inputs.name)}`,
    );
  return {};
}

/** `Task`: runs at creation and again when an input changes; the command itself must be idempotent. */
export const task: Kind<TaskInputs, object> = {
  inputs: { ...commandShapes, triggers: "json?" },
  secrets: ["secretEnv"],
  replaceOn: ["environment", "name"],
  create: runTask,
  update: runTask,
};
