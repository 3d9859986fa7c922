import { callPython, platformCall } from "./python";
import { UserError } from "./stacks";

/**
 * Runs a command of the kit with no code of a use case; gives what it prints, and throws a {@link UserError} with its
 * reason. `onLine` takes lines that are no reason, and says so by true.
 */
export async function askKit(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onLine: (line: string) => boolean = () => false,
): Promise<string> {
  const reasons: string[] = [];
  const take = (line: string) => {
    if (!onLine(line)) reasons.push(line);
  };
  const { code, stdout } = await callPython({ ...platformCall(["ecluse", ...words], env), onLine: take });
  if (code !== 0) throw new UserError(reasons.slice(-12).join("\n"));
  return stdout;
}
