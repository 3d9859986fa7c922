import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { shellVariables } from "../../cluster/addresses";
import { kubernetesPrograms } from "../../cluster/programs";
import { projectRoot } from "../../local/home";

const page = readFileSync(join(projectRoot, "docs/kubernetes.md"), "utf8");
/** The blocks of shell commands on docs/kubernetes.md. */
export const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = ""]) => commands);

/** The only block of shell commands on docs/kubernetes.md that has this text. */
export function block(part: string): string {
  const [found, another] = blocks.filter((commands) => commands.includes(part));
  if (!found || another) throw new Error(`docs/kubernetes.md has no, or more than one, block with ${part}`);
  return found;
}

/** A function of a block of shell commands. */
export function shellFunction(commands: string, name: string): string {
  const [found] = new RegExp(`^${name}\\(\\) \\{.*?^\\}$`, "ms").exec(commands) ?? [];
  if (!found) throw new Error(`no function ${name} in ${commands}`);
  return `${found}\n`;
}

/** What a reader puts in the place of words of the page, such as a commit. */
export type Filled = Readonly<Record<string, string>>;

/** The commands with the words that a reader puts in; throws for a word that is not there. */
export function filledIn(commands: string, filled: Filled): string {
  return Object.entries(filled).reduce((done, [word, value]) => {
    if (!done.includes(word)) throw new Error(`the commands have no ${word}: ${commands}`);
    return done.replaceAll(word, value);
  }, commands);
}

/** Runs commands of the page in a shell, as they stand; gives what they print, or throws it when one fails. */
export async function follow(commands: string, filled: Filled = {}, cwd = projectRoot): Promise<string> {
  const PATH = [await kubernetesPrograms(), process.env.PATH].join(delimiter);
  const child = spawn("bash", ["-euo", "pipefail", "-c", filledIn(commands, filled)], {
    cwd,
    env: { ...process.env, ...shellVariables(process.env), PATH },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const [printed, complaints, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code === 0) return printed;
  throw new Error(`the commands of docs/kubernetes.md ended with ${code}:\n${printed}${complaints}`);
}
