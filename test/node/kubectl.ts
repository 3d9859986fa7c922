import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { shellVariables } from "../../cluster/addresses";
import { kubernetesPrograms } from "../../cluster/programs";

/** Runs kubectl on this machine's cluster, as people do; gives what it prints, or throws what it says. */
export async function kubectl(...words: readonly string[]): Promise<string> {
  const program = join(await kubernetesPrograms(), "kubectl");
  const env = { ...process.env, ...shellVariables(process.env) };
  const { stdout } = await promisify(execFile)(program, words, { env, maxBuffer: 16 << 20 });
  return stdout.trim();
}
