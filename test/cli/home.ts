import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { obstacle } from "../../cluster/goBuild";
import { nodeBinary, projectRoot } from "../../local/home";
import { build, npxVersion } from "./build";

/** A `PULUMI_HOME` that has the CLI. */
export interface PulumiHome {
  readonly path: string;
  remove(): void;
}

/**
 * Builds the CLI, once, and lays it where the npm package `pulumi` keeps what it has downloaded, with the host of
 * Node programs beside it: so `npx pulumi` runs it. Throws where there is no Go to build it with.
 */
export async function pulumiHome(): Promise<PulumiHome> {
  const reason = await obstacle(__dirname);
  if (reason) throw new Error(`the Pulumi CLI cannot be built: ${reason}`);
  const cli = await build();
  const path = mkdtempSync(join(tmpdir(), "ecluse-pulumi-"));
  const bin = join(path, "versions", npxVersion, "bin");
  mkdirSync(bin, { recursive: true });
  // No link: the CLI looks for hosts beside its own file.
  copyFileSync(cli, join(bin, "pulumi"));
  const host = join(bin, "pulumi-language-nodejs");
  const words = [nodeBinary, "--import", join(projectRoot, "node_modules/tsx/dist/loader.mjs")];
  const quoted = [...words, join(__dirname, "languageHost.ts")].map((word) => `'${word}'`).join(" ");
  writeFileSync(host, `#!/bin/sh\nexec ${quoted} "$@"\n`);
  chmodSync(host, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
