// What the Pulumi CLI starts as `pulumi-language-nodejs`, for tests: the host of its own release is in no registry.
// It does what that one does with a Node program, a provider and a policy pack, and adds nothing: no option of
// TypeScript, no other folder.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { version } from "@pulumi/pulumi/version";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Server, unary } from "../../protocol/server";
import { PolicyProxy } from "./policyProxy";

const engineAddress = process.argv[2] ?? "";

/** The exit code by which the SDK says that it has already reported the error. */
const REPORTED = 32;

const sdkModule = (name: string, folder: string) =>
  createRequire(join(folder, "program.js")).resolve(`@pulumi/pulumi/cmd/${name}`);

const ended = (child: ChildProcess) =>
  new Promise<number>((resolve) =>
    child.once("error", () => resolve(1)).once("close", (code) => resolve(code ?? 1)),
  );

/** The arguments of `cmd/run`, in the order and form of the CLI's own host. */
function programArguments(request: pb.RunRequest, info: pb.ProgramInfo): string[] {
  const flags: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info.getRootDirectory()],
    ["stack", request.getStack()],
    ["pwd", info.getProgramDirectory()],
  ];
  const given = flags.flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  const dryRun = request.getDryrun() ? ["--dry-run"] : [];
  return [
    sdkModule("run", info.getProgramDirectory()),
    ...given,
    ...dryRun,
    "--parallel",
    String(request.getParallel()),
    info.getEntryPoint(),
    ...request.getArgsList(),
  ];
}

/** Config as the SDK reads it: `<namespace>:config:<name>`. */
const oldKeys = (request: pb.RunRequest) =>
  Object.fromEntries(
    [...request.getConfigMap().entries()].map(([key, value]: [string, string]) => [
      key.replace(":", ":config:"),
      value,
    ]),
  );

const typeScriptOf = (info: pb.ProgramInfo) =>
  info.getOptions()?.toJavaScript().typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" };

async function run(request: pb.RunRequest): Promise<pb.RunResponse> {
  const info = request.getInfo() ?? new pb.ProgramInfo();
  const child = spawn("node", programArguments(request, info), {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      ...typeScriptOf(info),
      PULUMI_CONFIG: JSON.stringify(oldKeys(request)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  const code = await ended(child);
  const response = new pb.RunResponse().setBail(code === REPORTED);
  return code === 0 || code === REPORTED
    ? response
    : response.setError(`Program exited with non-zero exit code: ${code}`);
}

/** The packages of a folder's `node_modules` that name a provider: the CLI wants each one's plugin, used or not. */
function requiredPackages(folder: string): PackageDependency[] {
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) return folder === dirname(folder) ? [] : requiredPackages(dirname(folder));
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((each) => `${name}/${each}`) : [name],
  );
  return names.flatMap((name) => {
    const file = join(modules, name, "package.json");
    if (!existsSync(file)) return [];
    const { version: found, pulumi } = JSON.parse(readFileSync(file, "utf8"));
    if (!pulumi?.resource) return [];
    const dependency = new PackageDependency().setKind("resource").setServer(pulumi.server ?? "");
    const plugin = pulumi.name ?? name.replace(/^@pulumi\//, "");
    return [dependency.setName(plugin).setVersion(`v${pulumi.version ?? found}`)];
  });
}

type PluginCall = ServerWritableStream<pb.RunPluginRequest, pb.RunPluginResponse>;

/** What a plugin prints goes to the CLI, which reads the port from the first line. */
const print = (call: PluginCall, text: Uint8Array) => call.write(new pb.RunPluginResponse().setStdout(text));

function startPlugin(
  call: PluginCall,
  words: readonly string[],
  cwd: string,
  more: object = {},
): ChildProcess {
  const { request } = call;
  const given = request.getEnvList().map((each) => each.split(/=(.*)/s).slice(0, 2));
  const info = request.getInfo() ?? new pb.ProgramInfo();
  const env = { ...Object.fromEntries(given), ...typeScriptOf(info), ...more };
  const child = spawn("node", words, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  child.stderr?.on("data", (text) => call.write(new pb.RunPluginResponse().setStderr(text)));
  call.on("cancelled", () => child.kill());
  return child;
}

/** Runs a provider to its end. */
async function runProvider(call: PluginCall, folder: string): Promise<number> {
  const words = [sdkModule("run-plugin", folder), folder, ...call.request.getArgsList()];
  const child = startPlugin(call, words, call.request.getPwd());
  child.stdout?.on("data", (text) => print(call, text));
  return ended(child);
}

/** Runs a policy pack to its end, behind a proxy that knows the stack. */
async function runPolicyPack(call: PluginCall, folder: string): Promise<number> {
  const proxy = new PolicyProxy();
  print(call, Buffer.from(`${await proxy.listen()}\n`));
  const words = [sdkModule("run-policy-pack", folder), ...call.request.getArgsList(), folder];
  const child = startPlugin(call, words, folder, await proxy.environment());
  if (!child.stdout) throw new Error("the policy pack has no output");
  const lines = createInterface({ input: child.stdout });
  lines.once("line", (port) => {
    proxy.attach(port);
    lines.on("line", (text) => print(call, Buffer.from(`${text}\n`)));
  });
  return ended(child).finally(() => proxy.close());
}

async function runPlugin(call: PluginCall): Promise<void> {
  const folder = call.request.getInfo()?.getProgramDirectory() ?? "";
  const start = call.request.getKind() === "analyzer" ? runPolicyPack : runProvider;
  call.write(new pb.RunPluginResponse().setExitcode(await start(call, folder)));
  call.end();
}

async function main(): Promise<void> {
  const server = new Server();
  server.add(LanguageRuntimeService, {
    handshake: unary(async () => new pb.LanguageHandshakeResponse()),
    getPluginInfo: unary(async () => new PluginInfo().setVersion(version)),
    getRequiredPackages: unary(async (request: pb.GetRequiredPackagesRequest) => {
      const folder = request.getInfo()?.getProgramDirectory() ?? "";
      return new pb.GetRequiredPackagesResponse().setPackagesList(requiredPackages(folder));
    }),
    run: unary(run),
    runPlugin: (call: PluginCall) => void runPlugin(call),
    cancel: unary(async () => new Empty()),
  });
  await server.listen();
  // The CLI ends what it started, but for where it is ended itself.
  const starter = process.ppid;
  setInterval(() => process.ppid === starter || process.exit(), 1000).unref();
  process.stdout.write(`${server.address.split(":").at(-1)}\n`);
}

void main();
