import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { cache } from "../local/cache";
import { once } from "../local/once";

/** Programs that no registry has built: the `tool` lines of a `go.mod`. */
export interface GoTools {
  /** The folder of `go.mod` and `go.sum`. */
  readonly folder: string;
  /** What is built, for progress and errors: `Kubernetes v1.34.1`. */
  readonly title: string;
  readonly ldflags: string;
}

// Another toolchain is never fetched: what is built here is built by the Go that is here.
const goEnvironment = { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off" };

/** Runs `go` in a folder and gives what it prints. */
export async function go(words: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)("go", words, { cwd, env: goEnvironment });
  return stdout;
}

/** The first group of `pattern` in the folder's `go.mod`; throws where there is none. */
export function moduleLine(folder: string, pattern: RegExp): string {
  const found = pattern.exec(readFileSync(join(folder, "go.mod"), "utf8"))?.[1];
  if (!found) throw new Error(`${join(folder, "go.mod")} has no line like ${pattern}`);
  return found;
}

/** Why nothing can be built with a Go that calls itself `version` (undefined for none), or undefined when it can. */
export function unfit(version: string | undefined, needed: string): string | undefined {
  const hint = `Go ${needed} or later is needed`;
  if (version === undefined) return `${hint}; there is no go on PATH`;
  const numbers = (text: string) => /(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number) ?? [0, 0];
  const [[major = 0, minor = 0], [least = 0, lesser = 0]] = [numbers(version), numbers(needed)];
  return major > least || (major === least && minor >= lesser) ? undefined : `${hint}; this is ${version}`;
}

/** Why one of these modules cannot be built on this machine, or undefined when all can. */
export async function obstacle(...folders: readonly string[]): Promise<string | undefined> {
  const version = await go(["env", "GOVERSION"], tmpdir()).then(
    (text) => text.trim(),
    () => undefined,
  );
  return folders.map((folder) => unfit(version, moduleLine(folder, /^go (\S+)$/m))).find(Boolean);
}

/** Builds into `target`; shows how far it is, because the first time takes minutes. */
async function compile({ folder, title, ldflags }: GoTools, target: string): Promise<void> {
  const flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", `-s -w ${ldflags}`];
  const began = Date.now();
  mkdirSync(target);
  const child = spawn("go", ["build", ...flags, "-o", `${target}/`, "tool"], {
    cwd: folder,
    env: goEnvironment,
    stdio: ["ignore", "inherit", "pipe"],
  });
  const last: string[] = [];
  let steps = 0;
  createInterface({ input: child.stderr }).on("line", (line) => {
    steps += 1;
    last.push(line);
    if (last.length > 20) last.shift();
  });
  const say = () => {
    const seconds = Math.round((Date.now() - began) / 1000);
    process.stderr.write(`building ${title}: ${seconds} s, ${steps} packages\n`);
  };
  say();
  const timer = setInterval(say, 20_000);
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`go build in ${folder} ended with ${code}:\n${last.join("\n")}`);
  say();
}

/** The folder with the programs; built from Go modules unless they are there from the same sources and the same Go. */
export async function goTools(tools: GoTools): Promise<string> {
  const version = await go(["env", "GOVERSION"], tools.folder);
  const sources = globSync(["go.mod", "go.sum", "**/*.go"], { cwd: tools.folder }).sort();
  const sums = sources.map((file) => readFileSync(join(tools.folder, file), "utf8"));
  const key = createHash("sha256")
    .update([version, tools.ldflags, ...sums].join("\n"))
    .digest("hex")
    .slice(0, 16);
  return once(join(cache, basename(tools.folder), key), (unfinished) => compile(tools, unfinished));
}

/** The folder of this machine's Go. */
export const goRoot = async () => (await go(["env", "GOROOT"], tmpdir())).trim();

/** The folder with the sources of a module that the `go.mod` of `folder` requires. */
export const moduleFolder = async (module: string, folder: string) =>
  (await go(["list", "-m", "-f", "{{.Dir}}", module], folder)).trim();
