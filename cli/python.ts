import { spawn } from "node:child_process";
import { homeFolder } from "../local/home";
import { python, pythonPath } from "../local/provider/supervisor";
import { UserError } from "./stacks";

/** No program of the platform works longer. */
const LONGEST_MINUTES = 60;

/** How a Python program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
}

/** What a Python program is started with: a clean environment, of which `env` is all but the path and the language. */
export interface PythonCall {
  readonly python: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Takes each line that it writes to stderr. */
  readonly onLine?: (line: string) => void;
}

/** A module of the platform's, with a credential and without any code of a use case. */
export const platformCall = (
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): PythonCall => ({
  python,
  words: ["-m", ...words],
  // Not in a use case's folder: Python looks for modules where it is started.
  cwd: "/",
  env: { PYTHONPATH: pythonPath, ...env },
});

/** Runs a Python program to its end; its exit code is for the caller to judge. */
export async function callPython({ python, words, env, cwd, onLine }: PythonCall): Promise<Ended> {
  const child = spawn(python, words, {
    cwd,
    // Not the folder for temporary files: another user could put a .netrc there.
    env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", HOME: homeFolder(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LONGEST_MINUTES * 60_000,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let rest = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine?.(line);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject).once("close", (ended) => resolve(ended ?? 1));
  });
  if (rest) onLine?.(rest);
  return { code, stdout };
}

/** What a program of the platform's is asked by a command, and how its answer is read. */
export interface Asked extends PythonCall {
  /** For the error: who is asked, and what could not be done. */
  readonly what: string;
  /** Masks a line; none by default. */
  readonly hide?: (line: string) => string;
  /** Whether it has answered; by default, where it ends with 0. */
  readonly answered?: (ended: Ended) => boolean;
}

/** Asks a program of the platform's; gives what it prints, and throws a {@link UserError} with its last lines. */
export async function askPlatform({
  what,
  hide = String,
  answered,
  onLine,
  ...call
}: Asked): Promise<string> {
  const said: string[] = [];
  const take = (line: string) => {
    said.push(hide(line));
    onLine?.(hide(line));
  };
  const ended = await callPython({ ...call, onLine: take });
  if (answered ? answered(ended) : ended.code === 0) return ended.stdout;
  throw new UserError(`${what}: ${said.slice(-6).join("\n")}`);
}

/** Runs a Python program that must end well; throws with its last lines otherwise. */
export async function mustPython(what: string, call: PythonCall): Promise<string> {
  const lines: string[] = [];
  const { code, stdout } = await callPython({
    ...call,
    onLine: (line) => lines.push(line) && call.onLine?.(line),
  });
  if (code !== 0)
    throw new Error(
      `${what} ended with ${code}:\n${[...lines.slice(-12), ...stdout.trim().split("\n").slice(-6)].join("\n")}`,
    );
  return stdout;
}
