import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Command } from "commander";
import type { Image } from "../local/forge/images";
import { projectRoot } from "../local/home";
import { type LoginExports, loginExports } from "./access";
import { imageOf } from "./chain";
import { registerKernel } from "./kernel";
import { print, type Session } from "./session";
import { UserError } from "./stacks";
import { environmentToTrainIn } from "./workspace";

interface Options {
  readonly environment?: string;
  readonly kernel?: boolean;
}

const folderOf = (useCase: string) => join(projectRoot, "usecases", useCase);

function requireUseCase(useCase: string): void {
  if (!existsSync(join(folderOf(useCase), "requirements.lock")))
    throw new UserError(`there is no usecases/${useCase} with a requirements.lock: npx ecluse new makes one`);
}

/** What a job of the use case has, and whoever opens the shell: the locked Python first on the path. */
export function shellVariables(
  image: Image,
  login: LoginExports,
  given: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  // Another environment of Python, or a token of another person's, would win over what is set here.
  const { VIRTUAL_ENV: _, PYTHONHOME: __, MLFLOW_TRACKING_TOKEN: ___, ...rest } = given;
  return {
    ...rest,
    ...login,
    PATH: [image.bin, rest.PATH].join(delimiter),
    // The use case's own package too, for notebooks and `python -m <package>`.
    PYTHONPATH: [join(folderOf(login.ECLUSE_USE_CASE as string), "src"), login.PYTHONPATH].join(delimiter),
    ECLUSE_PLATFORM: projectRoot,
  };
}

/** Runs a command in the terminal to its end; gives its exit code. */
function inTerminal([program = "", ...words]: readonly string[], env: NodeJS.ProcessEnv, cwd: string) {
  // The terminal sends Ctrl-C to the command too, which alone decides what becomes of it.
  for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
  process.on("SIGINT", () => {});
  const child = spawn(program, words, { cwd, env, stdio: "inherit" });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise<number>((resolve, reject) => {
    child
      .once("error", (error) => reject(new UserError(`${program} cannot be started: ${error.message}`)))
      .once("close", (code) => resolve(code ?? 1));
  });
}

async function shell(session: Session, useCase: string, command: readonly string[], options: Options) {
  requireUseCase(useCase);
  const outputs = await environmentToTrainIn(useCase, options.environment);
  const { environment } = outputs;
  if (options.kernel) {
    const { title, folder } = await registerKernel(useCase, environment);
    return print(`Jupyter and VS Code show it as "${title}": ${folder}`);
  }
  const [image, login] = await Promise.all([imageOf(useCase), loginExports(outputs, useCase)]);
  const env = shellVariables(image, login);
  if (command.length === 0)
    session.progress.say(
      `${useCase} in ${environment}: python -m ecluse test, python -m ecluse train; exit ends the shell`,
    );
  session.progress.end();
  const words = command.length === 0 ? [process.env.SHELL ?? "bash"] : command;
  process.exitCode = await inTerminal(words, env, folderOf(useCase));
}

/** Adds `shell`. */
export function addShellCommand(program: Command, session: Session): void {
  program
    .command("shell <use-case> [command...]")
    .description(
      "what a job of development has, as this person: locked Python, MLflow, landed data; a command after --",
    )
    .option("--environment <name>", "the environment; by default the first of development")
    .option("--kernel", "register a kernel for Jupyter and VS Code instead")
    .action((useCase: string, command: string[], options: Options) =>
      shell(session, useCase, command, options),
    );
}
