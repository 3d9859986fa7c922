import { execFileSync } from "node:child_process";
import { accessSync, constants, copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium as playwright } from "playwright-core";
import { cache } from "../../local/cache";
import { nodeBinary } from "../../local/home";
import { onceSync } from "../../local/once";

/** The browser that tests use, or why there is none. */
export interface Found {
  readonly program?: string;
  /** Of its own libraries, where the machine may have none. */
  readonly libraries?: string;
  /** What the name of a suite says: empty where there is one. */
  readonly why: string;
}

/** The browser on PATH, or else one of a package, which is installed in the user's cache once. */
export function chromium(): Found {
  const program = onPath();
  if (program) return { program, why: "" };
  try {
    return { ...packed(), why: "" };
  } catch (error) {
    return { why: `: no chromium on PATH, and npm gives none (${(error as Error).message.split("\n")[0]})` };
  }
}

function onPath(): string | undefined {
  const isProgram = (path: string) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "chromium"))
    .find(isProgram);
}

const files = ["package.json", "package-lock.json"];

function packed(): Pick<Found, "program" | "libraries"> {
  const folder = installed();
  return { program: join(folder, "chromium"), libraries: join(folder, "al2023/lib") };
}

/** The program that finds what keeps people from using a page; it is run in the page. */
export const axe = (): string => readFileSync(join(installed(), "axe.min.js"), "utf8");

/** The folder with both packages, which is named by their versions. */
function installed(): string {
  const { packages } = JSON.parse(readFileSync(join(__dirname, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, { version: string }>>;
  };
  const versions = ["@sparticuz/chromium", "axe-core"].map(
    (name) => packages[`node_modules/${name}`]?.version,
  );
  return onceSync(join(cache, "chromium", versions.join("-")), install);
}

function install(folder: string): void {
  mkdirSync(folder);
  for (const file of files) copyFileSync(join(__dirname, file), join(folder, file));
  const words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", words, { cwd: folder, stdio: "pipe" });
  unpack(folder);
  copyFileSync(join(folder, "node_modules/axe-core/axe.min.js"), join(folder, "axe.min.js"));
  rmSync(join(folder, "node_modules"), { recursive: true });
}

/** The package unpacks into the folder for temporary files, so that is set for it. */
function unpack(folder: string): void {
  const script = `
    import { inflate } from "@sparticuz/chromium";
    const packed = (name) => inflate("node_modules/@sparticuz/chromium/bin/" + name);
    await Promise.all(["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"].map(packed));`;
  execFileSync(nodeBinary, ["--input-type=module", "--eval", script], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    stdio: "pipe",
  });
}

/**
 * Starts a browser without a window. It resolves names by `names` alone, which says none unless given: nothing but
 * files can be loaded then.
 */
export const startBrowser = (
  { program = "", libraries }: Found,
  names = "MAP * ~NOTFOUND",
): Promise<Browser> =>
  playwright.launch({
    executablePath: program,
    // Root has no sandbox to give.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [`--host-resolver-rules=${names}`],
    ...(libraries && { env: { ...process.env, LD_LIBRARY_PATH: libraries } }),
  });
