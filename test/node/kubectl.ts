import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { shellVariables } from "../../cluster/addresses";
import { kubernetesPrograms } from "../../cluster/programs";

/** The program, and the variables with which it reaches this machine's cluster. */
export const kubectlProgram = async () => ({
  program: join(await kubernetesPrograms(), "kubectl"),
  env: { ...process.env, ...shellVariables(process.env) },
});

/** Runs kubectl on this machine's cluster, as people do; gives what it prints, or throws what it says. */
export const kubectl = (...words: readonly string[]) => kubectlGiven("", ...words);

/** The same with an input. */
export async function kubectlGiven(input: string, ...words: readonly string[]): Promise<string> {
  const { program, env } = await kubectlProgram();
  const running = promisify(execFile)(program, words, { env, maxBuffer: 16 << 20 });
  running.child.stdin?.end(input);
  return (await running).stdout.trim();
}
