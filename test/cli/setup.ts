import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { nodeBinary, projectRoot } from "../../providers/local/home";
import { obstacle } from "../goBuild";
import { build, npxVersion } from "./build";

declare module "vitest" {
  interface ProvidedContext {
    /** The `PULUMI_HOME` in which `npx pulumi` finds the CLI that was built, with the host of Node programs beside it. */
    pulumiHome: string;
  }
}

/** Builds the CLI once for all files, and lays it where the npm package `pulumi` keeps what it has downloaded. */
export default async function setup(project: TestProject): Promise<() => void> {
  const reason = await obstacle(__dirname);
  if (reason) throw new Error(`the Pulumi CLI cannot be built: ${reason}`);
  const cli = await build();
  const home = mkdtempSync(join(tmpdir(), "ecluse-pulumi-"));
  const bin = join(home, "versions", npxVersion, "bin");
  mkdirSync(bin, { recursive: true });
  // No link: the CLI looks for hosts beside its own file.
  copyFileSync(cli, join(bin, "pulumi"));
  const tsx = join(projectRoot, "node_modules/tsx/dist/loader.mjs");
  const host = join(__dirname, "languageHost.ts");
  writeFileSync(
    join(bin, "pulumi-language-nodejs"),
    `#!/bin/sh\nexec '${nodeBinary}' --import '${tsx}' '${host}' "$@"\n`,
  );
  chmodSync(join(bin, "pulumi-language-nodejs"), 0o755);
  project.provide("pulumiHome", home);
  return () => rmSync(home, { recursive: true, force: true });
}
