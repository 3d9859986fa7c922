import type { Command } from "commander";
import { context, kubeconfig, shellVariables } from "../cluster/addresses";
import { type Hosts, parseHosts } from "../cluster/hosts";
import { jsonOption, print, printJson, type Session } from "./session";
import { UserError } from "./stacks";
import { table } from "./table";

// Loaded when asked for: they would delay every command.
const machine = () => import("../cluster/machine");
const whole = () => import("../cluster/up");

interface Options {
  readonly json?: boolean;
  readonly host?: readonly string[];
}

function hostsOf(given: readonly string[]): Hosts {
  try {
    return parseHosts(given);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

async function bringUp({ progress }: Session, { json, host = [] }: Options): Promise<void> {
  const hosts = hostsOf(host);
  const reason = await (await machine()).whyNot();
  if (reason) throw new UserError(`this machine can have no cluster: ${reason}`);
  const found = await (await whole()).up({ hosts, say: (text) => progress.say(text) });
  progress.end();
  if (json) return printJson({ ...found, kubeconfig, context });
  const variables = Object.entries(shellVariables(process.env)).map(([name, value]) => `${name}=${value}`);
  print(`The node is ready. export ${variables.join(" ")} PATH="$PATH:${found.programs}"`);
}

async function showStatus({ json }: Options): Promise<void> {
  const found = await (await import("../cluster/status")).clusterStatus();
  if (json) return printJson(found);
  if (!found.up) return print("No cluster is up.");
  const rows = found.pods.map(({ namespace, name, ready, seconds, memory }) => [
    namespace,
    name,
    ready ? `ready after ${seconds} s` : "not ready",
    memory === undefined ? "" : `${memory} MiB`,
  ]);
  print(table([["namespace", "pod", "", "memory"], ...rows]));
}

async function takeDown({ progress }: Session, { json }: Options): Promise<void> {
  await (await whole()).down();
  progress.end();
  if (json) printJson({ up: false });
  else print("The cluster is gone, with all that it kept.");
}

/** Adds the commands of a cluster of one node on this machine, to try the target `kubernetes`. */
export function addClusterCommands(program: Command, session: Session): void {
  const command = program
    .command("cluster")
    .description(
      "a Kubernetes of one node on this machine, to try the on-premise target; needs root on Linux",
    );
  command
    .command("up")
    .description("make it; the first time builds its programs and images, for about an hour")
    .option("--host <name=address...>", "what its DNS answers for a server outside, such as GitLab")
    .option(...jsonOption)
    .action((options: Options) => bringUp(session, options));
  command
    .command("status")
    .description("its pods")
    .option(...jsonOption)
    .action(showStatus);
  command
    .command("down")
    .description("end it, and forget all that it kept")
    .option(...jsonOption)
    .action((options: Options) => takeDown(session, options));
}
