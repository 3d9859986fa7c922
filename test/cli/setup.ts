import type { TestProject } from "vitest/node";
import { pulumiHome } from "./home";

declare module "vitest" {
  interface ProvidedContext {
    /** The `PULUMI_HOME` in which `npx pulumi` finds the CLI. */
    pulumiHome: string;
  }
}

/** Makes the CLI ready for all files; the result removes it. */
export default async function setup(project: TestProject): Promise<() => void> {
  const home = await pulumiHome();
  project.provide("pulumiHome", home.path);
  return () => home.remove();
}
