import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { obstacle } from "../../cluster/goBuild";
import { build, type Programs } from "./build";
import { removeAbandoned } from "./processes";

declare module "vitest" {
  interface ProvidedContext {
    /** Why no cluster can be had on this machine. */
    obstacle: string | undefined;
    programs: Programs;
  }
}

/** Builds the programs once for all files, or finds why it cannot. */
export default async function setup(project: TestProject): Promise<void> {
  removeAbandoned();
  const reason = await obstacle(join(__dirname, "../../cluster/kubernetes"));
  project.provide("obstacle", reason);
  if (reason !== undefined) process.stderr.write(`cluster: every test is skipped: ${reason}\n`);
  else project.provide("programs", await build());
}
