import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeBinary, projectRoot } from "../../local/home";

const node = (script: string, ...words: string[]) =>
  execFileSync(nodeBinary, [join(projectRoot, script), ...words], { encoding: "utf8", stdio: "pipe" });

const tsc = "node_modules/typescript/bin/tsc";

/** The examples in a folder outside of the checkout, with the package `ecluse` as npm installs it. */
export interface Examples {
  readonly folder: string;
  /** Checks the types of all examples. Throws with TypeScript's messages. */
  checkTypes(): void;
  remove(): void;
}

/** Builds the package, and installs it beside a copy of the examples; its dependencies are those of the checkout. */
export function installExamples(): Examples {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-examples-"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "ecluse"), { recursive: true });
  for (const name of readdirSync(join(projectRoot, "node_modules")))
    if (name !== ".bin") symlinkSync(join(projectRoot, "node_modules", name), join(modules, name));
  const components = join(projectRoot, "components");
  cpSync(join(components, "package.json"), join(modules, "ecluse/package.json"));
  const dist = join(modules, "ecluse/dist");
  node(tsc, "-p", join(components, "tsconfig.json"), "--outDir", dist);
  cpSync(join(components, "kubernetes/objects_admin.py"), join(dist, "kubernetes/objects_admin.py"));
  cpSync(join(projectRoot, "examples"), folder, { recursive: true });
  return {
    folder,
    checkTypes: () => void node(tsc, "-p", join(folder, "tsconfig.json")),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
