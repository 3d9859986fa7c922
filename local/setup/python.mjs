import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { once, run } from "./steps.mjs";

/** The machine's Python, 3.11 or later; throws with what to install when there is none. */
async function findPython() {
  for (const name of [process.env.ECLUSE_PYTHON, "python3", "python3.13", "python3.12", "python3.11"].filter(
    Boolean,
  )) {
    const probe = "import sys; print(sys.executable if sys.version_info >= (3, 11) else '')";
    const found = (await run(name, ["-c", probe]).catch(() => "")).trim();
    if (found) return found;
  }
  throw new Error(
    "Python 3.11 or later is needed and none is on PATH: install it (Debian: apt install python3), or " +
      "set ECLUSE_PYTHON to one",
  );
}

/**
 * Installs the uv installer in a folder of its own: with pip, or where the machine's Python has none (as Debian's),
 * with a small script that needs only the standard library. Either way the file must have the hash of
 * `local/setup/uv.lock`.
 */
async function installUv(root, python, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const lock = join(root, "local/setup/uv.lock");
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--require-hashes",
    "--no-deps",
    "--target",
    folder,
    "-r",
    lock,
  ];
  const quiet = { env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1" } };
  await run(python, pip, quiet).catch(() =>
    run(python, [join(root, "local/setup/fetch_wheel.py"), lock, folder]),
  );
}

/** Brings the platform's Python environment (`.venv`) to what `requirements.lock` says. */
export async function ensurePython(root) {
  const venv = join(root, ".venv");
  const lock = join(root, "requirements.lock");
  const python = await findPython();
  const uvFolder = join(root, ".uv");
  await once("uv", join(uvFolder, ".done"), [readFileSync(join(root, "local/setup/uv.lock"), "utf8")], () =>
    installUv(root, python, uvFolder),
  );
  await once("Python packages", join(venv, ".done"), [readFileSync(lock, "utf8"), root], async () => {
    const uv = join(uvFolder, "bin/uv");
    const env = { ...process.env, UV_PYTHON_DOWNLOADS: "never", VIRTUAL_ENV: venv };
    await run(uv, ["venv", "--quiet", "--allow-existing", "--python", python, venv], { env });
    await run(uv, ["pip", "sync", "--quiet", "--require-hashes", lock], { env });
  });
}
