import { join } from "node:path";
import { run } from "../local/engine/engine";
import type { EngineEvent, Operation } from "../local/engine/events";
import type { RunOptions, RunResult } from "../local/engine/options";
import { homeFolder, projectRoot, runsLocalTarget } from "../local/home";
import type { Settings } from "../stacks/settings";
import { start } from "./lifecycle";
import { forgeOutputs } from "./outputs";
import type { Progress } from "./progress";
import type { Session } from "./session";
import { backendFolder, localStacks, passphraseOf, settingsOf, UserError } from "./stacks";

/** The part of a URN that people read: the type's last word and the name. */
function shortName(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${type.split(/[:$/]/).at(-1)} ${name}`;
}

const slow = ({ seconds }: { seconds: number }) => seconds >= 1;

/** Reports steps that take long or change something, and the messages of the program and the engine. */
function teller(stack: string, progress: Progress): (event: EngineEvent) => void {
  return (event) => {
    const prefix = `  ${stack}:`;
    if (event.type === "diagnostic") progress.say(`${prefix} ${event.severity}: ${event.message}`);
    if (event.type === "step-finished" && (slow(event) || !["same", "read", "create"].includes(event.op)))
      progress.say(`${prefix} ${event.op} ${shortName(event.urn)} (${event.seconds.toFixed(1)} s)`);
    if (event.type === "step-failed")
      progress.say(`${prefix} ${event.op} ${shortName(event.urn)} failed: ${event.message}`);
  };
}

/** Compiled code of the program and its provider is kept with the packages, so that a new home need not compile it. */
export const compiled = {
  NODE_COMPILE_CACHE: join(projectRoot, "node_modules/.cache/ecluse/node"),
  TS_NODE_CACHE_DIRECTORY: join(projectRoot, "node_modules/.cache/ecluse/ts-node"),
};

/** Loaded here, so that commands that judge nothing start without the rules. */
async function rulesOf(stack: string, overrides: RunOptions["config"] = {}) {
  const { analyzerOf } = await import("../policies/analyzer");
  return analyzerOf(stack, { overrides });
}

/** Throws a {@link UserError} for a stack whose target this machine cannot run. */
export function checkTarget({ stack, target }: Settings): void {
  if (target === "local" && !runsLocalTarget)
    throw new UserError(
      `${stack} is of target local, which needs Linux on x64, and this is ${process.platform} on ` +
        `${process.arch}: name a stack of a cloud or a cluster`,
    );
}

/** Runs one operation on a stack with the embedded engine; only local stacks can be changed by it. */
export async function operate(
  operation: Operation,
  stack: string,
  progress: Progress,
  more: Partial<RunOptions> = {},
): Promise<RunResult> {
  const settings = settingsOf(stack, more.config);
  checkTarget(settings);
  if (operation !== "preview" && settings.target !== "local")
    throw new UserError(
      `${stack} is of target ${settings.target}: run npx pulumi ${operation} --stack ${stack}; the ` +
        "embedded engine can preview it",
    );
  // The program would only find outputs missing, one by one.
  if (
    (operation === "up" || operation === "preview") &&
    settings.kind === "environment" &&
    settings.target === "local"
  )
    await forgeOutputs();
  return run({
    operation,
    projectDir: projectRoot,
    stack,
    backendDir: backendFolder(),
    passphrase: passphraseOf(stack),
    env: { ECLUSE_HOME: homeFolder(), ...compiled },
    analyzer: "analyzer" in more ? more.analyzer : await rulesOf(stack, more.config),
    onEvent: teller(stack, progress),
    ...more,
  });
}

/** How many resources a run changed. */
export function changed({ changes }: RunResult): number {
  return Object.entries(changes).reduce(
    (sum, [op, count]) => (op === "same" || op === "read" ? sum : sum + count),
    0,
  );
}

/** Brings the forge up, and then every local environment at once; gives the number of changes. */
export async function upAll(session: Session): Promise<number> {
  const { progress, signal } = session;
  backendFolder();
  await start(session);
  const up = async (stack: string) => {
    const result = await progress.step(`up ${stack}`, () => operate("up", stack, progress, { signal }));
    return changed(result);
  };
  const stacks = localStacks();
  const forge = stacks.filter(({ kind }) => kind === "forge");
  const environments = stacks.filter(({ kind }) => kind === "environment");
  let sum = 0;
  for (const { stack } of forge) sum += await up(stack);
  const counts = await Promise.allSettled(environments.map(({ stack }) => up(stack)));
  const failed = counts.find((count) => count.status === "rejected");
  if (failed) throw failed.reason;
  return counts.reduce((total, count) => total + (count.status === "fulfilled" ? count.value : 0), sum);
}
