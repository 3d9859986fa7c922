import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { addresses } from "../../cluster/addresses";
import { listImages } from "../../cluster/images";
import { whyNot } from "../../cluster/machine";
import { occupied } from "../../cluster/up";
import { typescriptProgram } from "../../local/home";
import { pulumiHome } from "../cli/home";
import { ecluse } from "../platform/setup";
import { kubernetesProvider } from "./build";
import { buildMinutes, within } from "./limit";
import type { Given } from "./stack";
import { buildStandIns } from "./standIns";

declare module "vitest" {
  interface ProvidedContext {
    /** Why no node can be had on this machine. */
    noNode: string | undefined;
    node: Given;
  }
}

/** GitLab's name in the stacks; it is this machine, as pods see it. */
const gitlab = `gitlab.onprem.example.com=${addresses.machine}`;

async function must(...words: readonly string[]): Promise<string> {
  const ended = await ecluse(words);
  if (ended.code === 0) return ended.stdout;
  throw new Error(`ecluse ${words.join(" ")} ended with ${ended.code}:\n${ended.stderr.slice(-4000)}`);
}

/** Builds what is not built yet; gives why the suite cannot run, where that takes too long. */
async function lateBuilds(): Promise<string | undefined> {
  const minutes = buildMinutes();
  if (await within(minutes * 60, typescriptProgram("test/node/prepare.ts"))) return undefined;
  const limit = `${minutes} minutes (ECLUSE_BUILD_MINUTES)`;
  return `programs and images were not built within ${limit}; the next run goes on from there`;
}

/** Says why nothing was tested, above the counts and below them: the second is among the last lines of a run. */
function skipped(reason: string): () => Promise<void> {
  const say = async () => void process.stderr.write(`node: every test is skipped: ${reason}\n`);
  void say();
  return say;
}

/** Brings the cluster up as people do, with what drives it; the result ends both. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const reason = occupied() ?? (await whyNot()) ?? (await lateBuilds());
  project.provide("noNode", reason);
  if (reason !== undefined) return skipped(reason);
  console.log(await must("cluster", "up", "--json", "--host", gitlab));
  listImages(await buildStandIns());
  const home = await pulumiHome();
  const values = join(__dirname, "values");
  const providers = { kubernetes: await kubernetesProvider(), random: values, tls: values, gitlab: values };
  project.provide("node", { pulumiHome: home.path, providers });
  return async () => {
    home.remove();
    await must("cluster", "down", "--json");
  };
}
