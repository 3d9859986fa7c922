import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { nodeBinary, projectRoot, uvBinary } from "../local/home";
import { goRoot } from "./goBuild";
import { buildLocal, hasImage, type ImageBuild, localName } from "./imageBuild";
import { run } from "./shell";

/** The Debian release of the platform's images. */
const suite = "trixie";

/** What the Python of the checkout may need of the system, beside Debian's smallest set. */
const packages = "ca-certificates,libbz2-1.0,libffi8,liblzma5,libreadline8t64,libsqlite3-0,libssl3t64,zlib1g";

/** The Dockerfile of an image of the cluster's own. */
export const dockerfileOf = (name: string) => join(__dirname, "images", name, "Dockerfile");

/** The Python that the checkout's own environment stands on, and its version. */
function checkoutPython(): { readonly folder: string; readonly version: string } {
  const text = readFileSync(join(projectRoot, ".venv/pyvenv.cfg"), "utf8");
  const value = (key: string) => new RegExp(`^${key} *= *(.*)$`, "m").exec(text)?.[1] ?? "";
  return { folder: dirname(value("home")), version: value("version_info") };
}

/** Where uv fetches a Python from. */
const pythons = "https://github.com/astral-sh/python-build-standalone/releases";

/** Where the images' Python comes from; undefined when it can come from nowhere. */
export async function pythonSource(): Promise<string | undefined> {
  if (usablePython()) return "the checkout's own";
  const answers = await fetch(pythons, { method: "HEAD", signal: AbortSignal.timeout(5000) }).then(
    ({ ok }) => ok,
    () => false,
  );
  return answers ? pythons : undefined;
}

/**
 * The Python that images get of the checkout, in place of one that uv fetches from GitHub; undefined when that must be,
 * since the checkout's is another than images are made for, or is spread over the system's folders.
 */
function usablePython(): ReturnType<typeof checkoutPython> | undefined {
  const python = checkoutPython();
  return python.version.startsWith("3.11.") && !["/usr", "/usr/local"].includes(python.folder)
    ? python
    : undefined;
}

/** Neither tests, compiled files and libraries to build with, nor what is installed beside Python's own. */
const isNeeded = (source: string) => !/\/(test|__pycache__|idlelib)$|\/site-packages\/|\.a$/.test(source);

function addPython(root: string, { folder, version }: ReturnType<typeof checkoutPython>): void {
  // Where uv looks for one that it manages.
  const place = `opt/python/cpython-${version}-linux-x86_64-gnu`;
  cpSync(folder, join(root, place), { recursive: true, verbatimSymlinks: true, filter: isNeeded });
  writeFileSync(join(root, "etc/ld.so.conf.d/python.conf"), `/${place}/lib\n`);
}

async function fillDebian(root: string): Promise<void> {
  await run("debootstrap", ["--variant=minbase", `--include=${packages}`, suite, root]);
  rmSync(join(root, "var/cache/apt/archives"), { recursive: true, force: true });
  mkdirSync(join(root, "var/cache/apt/archives/partial"), { recursive: true });
  const python = usablePython();
  if (python) addPython(root, python);
  await run("chroot", [root, "ldconfig"]);
}

/** A Debian made here, since the registry of base images may be out of reach. */
async function makeDebian(): Promise<string> {
  const texts = [suite, packages, usablePython()?.version ?? "none"];
  const build = { name: "debian", dockerfile: dockerfileOf("base"), texts };
  const name = localName({ ...build, context: "" });
  if (await hasImage(name)) return name;
  const context = mkdtempSync(join(tmpdir(), "ecluse-base-"));
  try {
    await fillDebian(join(context, "root"));
    return await buildLocal({ ...build, context });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** A base that is Debian with programs of this machine. */
const withPrograms = (
  name: string,
  debian: string,
  version: string,
  programs: Readonly<Record<string, string>>,
): ImageBuild => ({
  name,
  dockerfile: dockerfileOf(name),
  context: dirname(dockerfileOf(name)),
  args: { DEBIAN: debian },
  texts: [version],
  volumes: Object.entries(programs).map(([as, path]) => `${path}:/machine/${as}:ro`),
});

/** The bases that the platform's Dockerfiles begin with, by the argument that names each. */
export type Bases = Readonly<Record<"DEBIAN" | "UV" | "NODE" | "GO", string>> & { readonly PYTHON?: string };

/** Makes the bases, each once. */
export async function makeBases(): Promise<Bases> {
  const debian = await makeDebian();
  const uv = { name: "uv", dockerfile: dockerfileOf("uv"), context: dirname(uvBinary), files: ["uv"] };
  // npm's program is `bin/npm-cli.js` of its folder.
  const npm = join((await run("sh", ["-c", 'realpath "$(command -v npm)"'])).trim(), "../..");
  const node = { node: nodeBinary, npm };
  const root = await goRoot();
  const python = usablePython();
  return {
    DEBIAN: debian,
    UV: await buildLocal(uv),
    NODE: await buildLocal(withPrograms("node", debian, await run(nodeBinary, ["--version"]), node)),
    GO: await buildLocal(withPrograms("go", debian, await run("go", ["env", "GOVERSION"]), { go: root })),
    ...(python ? { PYTHON: python.version } : {}),
  };
}
