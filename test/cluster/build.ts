import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { projectRoot } from "../../providers/local/home";

const cache = join(projectRoot, "node_modules/.cache/ecluse/cluster");

/** Where the programs of a cluster lie. */
export interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
}

// Another toolchain is never fetched: what is built here is built by the Go that is here.
const goEnvironment = { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off" };

/** Runs `go` and gives what it prints. */
export async function go(words: readonly string[], cwd = __dirname): Promise<string> {
  const { stdout } = await promisify(execFile)("go", words, { cwd, env: goEnvironment });
  return stdout;
}

function moduleLine(pattern: RegExp): string {
  const found = pattern.exec(readFileSync(join(__dirname, "go.mod"), "utf8"))?.[1];
  if (!found) throw new Error(`test/cluster/go.mod has no line like ${pattern}`);
  return found;
}

/** Why nothing can be built with a Go that calls itself `version` (undefined for none), or undefined when it can. */
export function unfit(version: string | undefined, needed: string): string | undefined {
  const hint = `Go ${needed} or later builds the API server`;
  if (version === undefined) return `${hint}; there is no go on PATH`;
  const numbers = (text: string) => /(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number) ?? [0, 0];
  const [[major = 0, minor = 0], [least = 0, lesser = 0]] = [numbers(version), numbers(needed)];
  return major > least || (major === least && minor >= lesser) ? undefined : `${hint}; this is ${version}`;
}

/** Why the cluster cannot be built on this machine, or undefined when it can. */
export async function obstacle(): Promise<string | undefined> {
  const version = await go(["env", "GOVERSION"], projectRoot).then(
    (text) => text.trim(),
    () => undefined,
  );
  return unfit(version, moduleLine(/^go (\S+)$/m));
}

/** Builds into `folder`; tells how far it is, because the first time takes minutes. */
async function compile(folder: string, release: string): Promise<void> {
  const flags = `-s -w -X k8s.io/component-base/version.gitVersion=${release}`;
  const words = [
    "build",
    "-v",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    flags,
    "-o",
    `${folder}/`,
    "tool",
  ];
  const began = Date.now();
  const child = spawn("go", words, {
    cwd: __dirname,
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
    process.stderr.write(`cluster: building Kubernetes ${release}: ${seconds} s, ${steps} packages\n`);
  };
  say();
  const timer = setInterval(say, 20_000);
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`go build of test/cluster ended with ${code}:\n${last.join("\n")}`);
  say();
}

/** The programs, built from Go modules unless they are there from a run with the same sources and the same Go. */
export async function build(): Promise<Programs> {
  const version = await go(["env", "GOVERSION"]);
  const sums = ["go.mod", "go.sum"].map((file) => readFileSync(join(__dirname, file), "utf8"));
  const key = createHash("sha256")
    .update([version, ...sums].join("\n"))
    .digest("hex")
    .slice(0, 16);
  const folder = join(cache, key);
  if (!existsSync(folder)) {
    for (const old of existsSync(cache) ? readdirSync(cache) : [])
      rmSync(join(cache, old), { recursive: true });
    const unfinished = join(cache, `${key}.unfinished`);
    mkdirSync(unfinished, { recursive: true });
    await compile(unfinished, moduleLine(/\sk8s\.io\/kubernetes (v\S+)/));
    renameSync(unfinished, folder);
  }
  return {
    etcd: join(folder, "server"),
    apiServer: join(folder, "kube-apiserver"),
    controllerManager: join(folder, "kube-controller-manager"),
  };
}
