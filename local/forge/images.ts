import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { once } from "../once";
import { confinedCommand, probeConfinement, runLines } from "./confine";
import { buildKit, kitEntry, requireKit } from "./kit";

const run = promisify(execFile);

/** What an image is built with; paths are absolute. */
export interface Tools {
  /** The platform's Python interpreter. */
  readonly python: string;
  readonly uv: string;
  readonly uvCache: string;
  /** The platform's checkout: its node_modules, and its monitor packages for jobs to read. */
  readonly root: string;
}

/** What a job runs in: a folder for PATH, and what it must be able to read. */
export interface Image {
  readonly bin: string;
  readonly readable: readonly string[];
}

/**
 * Builds the local runner's image from a lock file's text, or gives the one there is: an environment with exactly the
 * locked wheels, the kit's own among them, and `uv`, `node` and `pyright`. It is made aside and renamed, so a crash
 * leaves no half image.
 */
export async function ensureImage(home: string, lockText: string, tools: Tools): Promise<Image> {
  const lock = `${lockText.trim()}\n`; // the same image whether the text came from a file or from git
  checkLock(lock);
  const identity = JSON.stringify([lock, realpathSync(tools.python), tools.uv, tools.root]);
  const name = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  const folder = join(home, "forge", "images", name);
  if (!existsSync(folder)) await build(home, folder, lock, tools);
  return { bin: join(folder, "bin"), readable: await readable(folder, tools) };
}

async function build(home: string, folder: string, lock: string, tools: Tools): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true, mode: 0o711 });
  try {
    await once(folder, (draft) => fill(home, draft, lock, tools));
  } catch (error) {
    if (existsSync(folder)) return; // another run built it meanwhile
    const reason = String((error as { stderr?: string }).stderr || (error as Error).message).trim();
    throw new Error(`the image of this requirements.lock could not be built: ${reason}`);
  }
}

async function fill(home: string, draft: string, lock: string, tools: Tools): Promise<void> {
  // The machine's own settings say where its index is; started in /, uv finds no project's settings.
  const env = { ...process.env, UV_CACHE_DIR: tools.uvCache, VIRTUAL_ENV: undefined };
  const uv = (...args: string[]) =>
    run(tools.uv, [...args, "--quiet"], { cwd: "/", env, maxBuffer: 16 << 20 });
  await uv("venv", "--relocatable", "--python", tools.python, draft);
  writeFileSync(join(draft, "requirements.lock"), lock);
  const strict = ["--require-hashes", "--only-binary", ":all:"];
  const wheels = kitEntry(lock) ? ["--find-links", await kit(draft, lock, tools)] : [];
  await uv(
    "pip",
    "sync",
    "--python",
    join(draft, "bin", "python"),
    ...strict,
    ...wheels,
    join(draft, "requirements.lock"),
  );
  await compile(home, draft, tools);
  addTools(join(draft, "bin"), tools);
}

/** The folder of the kit's wheel: built from the platform's checkout, never from the commit whose jobs run with it. */
async function kit(draft: string, lock: string, tools: Tools): Promise<string> {
  const folder = join(draft, "wheels");
  requireKit(lock, await buildKit(tools, folder));
  return folder;
}

/**
 * Jobs cannot write bytecode beside what they read. The packages' own tests, a third of it, are never imported. The
 * platform's interpreter compiles, with nothing of the image on its path and confined to the image: a wheel may bring
 * a `.pth` file or an interpreter of its own, and whoever runs those runs its code.
 */
async function compile(home: string, folder: string, { python }: Tools): Promise<void> {
  const lib = join(folder, "lib");
  const limits = { read: [await basePrefix(python)], write: [lib], ports: [], uid: 61_000 };
  const words = [python, "-I", "-S", "-m", "compileall", "-q", "-x", "/tests/", lib];
  const command = confinedCommand(probeConfinement(python), home, limits, words);
  const options = { cwd: "/", env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" }, line: () => {}, seconds: 300 };
  const code = await runLines(command, options);
  // Some packages carry templates that are no Python; those stay uncompiled.
  if (code !== 0 && code !== 1) throw new Error(`its packages could not be compiled (${code})`);
}

/** The folder of an interpreter's own library. */
async function basePrefix(python: string): Promise<string> {
  return (await run(python, ["-I", "-c", "import sys; print(sys.base_prefix)"])).stdout.trim();
}

function addTools(bin: string, tools: Tools): void {
  symlinkSync(tools.uv, join(bin, "uv"));
  symlinkSync(process.execPath, join(bin, "node"));
  const pyright = join(tools.root, "node_modules", "pyright", "index.js");
  writeFileSync(join(bin, "pyright"), `#!/bin/sh\nexec '${process.execPath}' '${pyright}' "$@"\n`, {
    mode: 0o755,
  });
}

async function readable(folder: string, tools: Tools): Promise<string[]> {
  const wanted = [
    folder,
    await basePrefix(tools.python),
    realpathSync(tools.uv),
    realpathSync(process.execPath),
    join(tools.root, "node_modules", "pyright"),
    join(tools.root, "python"),
  ];
  return wanted.filter((path) => existsSync(path));
}

/** A lock names packages and hashes only: an option or address in it would choose where code comes from. */
function checkLock(lock: string): void {
  for (const raw of lock.split("\n")) {
    const line = raw.trim();
    const option = line.startsWith("-") && !line.startsWith("--hash=");
    if (option || (/\s@\s|:\/\//.test(line) && !line.startsWith("#")))
      throw new Error(
        `requirements.lock may hold pinned packages and hashes only, got: ${line}; remove the line`,
      );
  }
}
