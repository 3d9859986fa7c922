import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { shellVariables } from "../../cluster/addresses";
import { kubernetesPrograms } from "../../cluster/programs";

/** Runs kubectl on this machine's cluster, as people do; gives what it prints, or throws what it says. */
export const kubectl = (...words: readonly string[]) => kubectlGiven("", ...words);

/** The same with an input. */
export async function kubectlGiven(input: string, ...words: readonly string[]): Promise<string> {
  const program = join(await kubernetesPrograms(), "kubectl");
  const env = { ...process.env, ...shellVariables(process.env) };
  const running = promisify(execFile)(program, words, { env, maxBuffer: 16 << 20 });
  running.child.stdin?.end(input);
  return (await running).stdout.trim();
}
