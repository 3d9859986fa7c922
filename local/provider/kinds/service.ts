import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeWhole } from "../../durable";
import { readJson } from "../../forge/store";
import { environmentFolder, environmentPath, homeFolder, privateFolder } from "../../home";
import { seal, sealKey } from "../../seal";
import { type CommandInputs, commandShapes, plainEnvironment } from "../command";
import type { Kind } from "../kind";
import { keepAlive, letGo, logFolder, serviceStates, startManager } from "../supervisor";

/** A process that is kept alive. */
export interface ServiceInputs extends CommandInputs {
  /** `http://…` that must answer 200, `tcp://127.0.0.1:port` that must accept, or `file:///…` that must exist. */
  readonly ready: string;
  /** What stops it; `TERM` when missing. */
  readonly stopSignal?: string;
}

const readySeconds = 180;

const specFile = (environment: string, name: string) =>
  join(privateFolder(join(environmentFolder(environment), "services")), `${name}.json`);

/** Writes the spec that `ecluse_local.launch` reads, and gives its path and a hash of what it says. */
function writeSpec(inputs: ServiceInputs): { file: string; version: string } {
  const { environment, name, command, secretEnv, ready } = inputs;
  const spec = {
    ready,
    command,
    cwd: environmentFolder(environment),
    env: plainEnvironment(inputs),
    key: join(homeFolder(), "keys", environment),
  };
  const file = specFile(environment, name);
  const sealed = seal(sealKey(homeFolder(), environment), JSON.stringify(secretEnv));
  writeWhole(file, JSON.stringify({ ...spec, sealed }, null, 2));
  const version = createHash("sha256")
    .update(JSON.stringify([spec, secretEnv]))
    .digest("hex");
  return { file, version };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => resolve(false)).once("connect", () => socket.destroy());
  });
}

/** Whether what `ready` names answers now. */
export async function isReady(ready: string): Promise<boolean> {
  const url = new URL(ready);
  if (url.protocol === "file:") return existsSync(fileURLToPath(url));
  if (url.protocol === "tcp:") return accepts(Number(url.port));
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5000), redirect: "manual" })).ok;
  } catch {
    return false;
  }
}

/** What each service of an environment must answer to be ready, by service. */
export function readiness(environment: string): Record<string, string> {
  const folder = join(environmentPath(environment), "services");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  const read = (name: string) => readJson(join(folder, name), { ready: "" }).ready;
  return Object.fromEntries(names.map((name) => [basename(name, ".json"), read(name)]));
}

/** The last lines of a service's log, for an error message. */
export function logTail(environment: string, name: string, lines = 15): string {
  try {
    return readFileSync(join(logFolder(environment), `${name}.log`), "utf8")
      .trimEnd()
      .split("\n")
      .slice(-lines)
      .join("\n");
  } catch {
    return "(no log)";
  }
}

const failed = ({ environment, name, ready }: ServiceInputs, why: string) =>
  new Error(
    `${environment}/${name} ${why}, and is not ready at ${ready}; its log ends:\n${logTail(environment, name)}`,
  );

async function waitReady(inputs: ServiceInputs): Promise<void> {
  const { environment, name, ready } = inputs;
  const until = Date.now() + readySeconds * 1000;
  for (let tries = 1, ends = 0; Date.now() < until; tries++) {
    if (await isReady(ready)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
    // Asking the process manager costs a process, so it is asked now and then; one that keeps ending will not get
    // ready.
    if (tries % 20 === 0 && (await serviceStates(environment))[name] === "BACKOFF") ends++;
    if (ends === 3) throw failed(inputs, "keeps ending");
  }
  throw failed(inputs, `runs since ${readySeconds} s`);
}

async function apply(inputs: ServiceInputs): Promise<object> {
  await startManager(inputs.environment);
  const { protocol, pathname } = new URL(inputs.ready);
  // A file that a former process left behind says nothing of the new one.
  if (protocol === "file:") rmSync(decodeURIComponent(pathname), { force: true });
  await keepAlive(inputs.environment, inputs.name, {
    ...writeSpec(inputs),
    stopSignal: inputs.stopSignal ?? "TERM",
  });
  await waitReady(inputs);
  return {};
}

/** `Service`: a process kept alive by the environment's process manager; made when it answers. */
export const service: Kind<ServiceInputs, object> = {
  inputs: { ...commandShapes, ready: "string", stopSignal: "string?" },
  secrets: ["secretEnv"],
  replaceOn: ["environment", "name"],
  create: apply,
  update: apply,
  async delete({ environment, name }) {
    await letGo(environment, name);
    rmSync(specFile(environment, name), { force: true });
  },
};
