import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { homeFolder, privateFolder, projectRoot } from "../local/home";
import { once } from "../local/once";
import { ecluseCommand } from "./access";
import { tools } from "./chain";

const run = promisify(execFile);

/**
 * The folder of Jupyter's packages, installed from their own lock. They are no part of a use case's environment, whose
 * jobs need none of them.
 */
async function kernelPackages(): Promise<string> {
  const lock = join(projectRoot, "local/kernel/requirements.lock");
  const name = createHash("sha256").update(readFileSync(lock)).digest("hex").slice(0, 16);
  const folder = join(privateFolder(join(homeFolder(), "kernel")), name);
  const words = [
    "pip",
    "install",
    "--quiet",
    "--python",
    tools.python,
    "--require-hashes",
    "--requirements",
    lock,
  ];
  const env = { ...process.env, UV_CACHE_DIR: tools.uvCache };
  if (!existsSync(folder))
    await once(folder, async (draft) => {
      await run(tools.uv, [...words, "--target", draft], { cwd: "/", env });
    });
  return folder;
}

/** Where Jupyter and VS Code look for the kernels of a person. */
const kernelsFolder = () =>
  join(process.env.JUPYTER_DATA_DIR ?? join(homedir(), ".local", "share", "jupyter"), "kernels");

/** A kernel that was registered. */
export interface Kernel {
  /** As Jupyter names it. */
  readonly name: string;
  /** As people see it. */
  readonly title: string;
  readonly folder: string;
}

/** Registers a kernel for Jupyter and VS Code that is a shell of the use case. */
export async function registerKernel(useCase: string, environment: string): Promise<Kernel> {
  const packages = await kernelPackages();
  const name = `ecluse-${environment}-${useCase}`;
  const kernel = {
    name,
    title: `${useCase} in ${environment} (Écluse)`,
    folder: join(kernelsFolder(), name),
  };
  const python = ["python", "-m", "ecluse_local.kernel", packages, "-f", "{connection_file}"];
  const specification = {
    argv: [...ecluseCommand, "shell", useCase, "--environment", environment, "--", ...python],
    display_name: kernel.title,
    language: "python",
    // A signal would reach the command line, which gives none of Ctrl-C on.
    interrupt_mode: "message",
    env: process.env.ECLUSE_HOME ? { ECLUSE_HOME: process.env.ECLUSE_HOME } : {},
  };
  mkdirSync(kernel.folder, { recursive: true });
  writeFileSync(join(kernel.folder, "kernel.json"), `${JSON.stringify(specification, null, 1)}\n`);
  return kernel;
}
