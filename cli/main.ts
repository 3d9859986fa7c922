import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { EngineError } from "../engine/errors";
import { digest } from "../engine/json";
import { SettingsError } from "../stacks/fields";
import { loginExports, loginLink, openInBrowser } from "./access";
import { runUseCase } from "./chain";
import { changed, operate, upAll } from "./deploy";
import { diagnose } from "./doctor";
import { start, stop } from "./lifecycle";
import { showLog } from "./logs";
import { elapsed, Progress } from "./progress";
import { localStacks, UserError } from "./stacks";
import { status, statusTable } from "./status";
import { table } from "./table";

const progress = new Progress();
const cancel = new AbortController();

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const printJson = (value: unknown) => print(JSON.stringify(value, null, 2));

/** Everything: all local stacks up, every use case to production. */
async function runAll(): Promise<void> {
  const useCases = [
    ...new Set(
      localStacks()
        .flatMap((settings) => (settings.kind === "environment" ? settings.useCases : []))
        .map(({ name }) => name),
    ),
  ];
  let done = await upAll(progress, cancel.signal);
  for (const useCase of useCases) done += await runUseCase(useCase, progress, cancel.signal);
  progress.end();
  print(done === 0 ? `Nothing to change (${elapsed()}).\n` : `Done in ${elapsed()}.\n`);
  print(statusTable(await status()));
}

const json = ["--json", "print JSON"] as const;
const program = new Command("ecluse").description(
  "Isolated MLOps environments on this machine; only code crosses from one to the next.",
);

program
  .command("run [use-case]")
  .description("take a use case from a branch to production (--all: bring everything up first)")
  .option("--all", "bring up every local stack, then run every use case")
  .action(async (useCase: string | undefined, { all }: { all?: boolean }) => {
    if (all) return runAll();
    if (!useCase) throw new UserError("name the use case, or give --all");
    const done = await runUseCase(useCase, progress, cancel.signal);
    print(done === 0 ? "Nothing to change." : `${useCase} is in production.`);
  });

program
  .command("status")
  .description("how every environment stands")
  .option(...json)
  .action(async ({ json: asJson }: { json?: boolean }) => {
    const now = await status();
    asJson ? printJson(now) : print(statusTable(now));
  });

program
  .command("start")
  .description("start all services, with their data")
  .action(() => start(progress));
program
  .command("stop")
  .description("stop all services; data stays")
  .action(() => stop(progress));

program
  .command("open <environment>")
  .description("log in to an environment's tracking server with the browser")
  .action(async (environment: string) => {
    const link = await loginLink(environment);
    openInBrowser(environment, link);
    print(`Open this link within a minute; it works once:\n${link}`);
  });

program
  .command("login <environment>")
  .description('shell lines for notebooks: eval "$(npx ecluse login dev)"')
  .option(...json)
  .action(async (environment: string, { json: asJson }: { json?: boolean }) => {
    const exports = await loginExports(environment);
    if (asJson) return printJson(exports);
    for (const [name, value] of Object.entries(exports)) print(`export ${name}='${value}'`);
  });

program
  .command("logs [part]")
  .description("the log of a part, such as dev/tracking or pipeline/3; without one, the parts there are")
  .option("-n, --lines <count>", "how many lines from the end", "50")
  .action((part: string | undefined, { lines }: { lines: string }) => print(showLog(part, Number(lines))));

program
  .command("doctor")
  .description("what this machine lacks, and how to get it")
  .option(...json)
  .action(({ json: asJson }: { json?: boolean }) => {
    const checks = diagnose();
    const rows = checks.map(({ name, ok, found, fix }) => [
      ok ? "ok" : "MISSING",
      name,
      ok ? found : `${found}: ${fix}`,
    ]);
    asJson ? printJson(checks) : print(table([["", "what", "found"], ...rows]));
    if (checks.some(({ ok }) => !ok)) process.exitCode = 1;
  });

program
  .command("up <stack>")
  .description("make a local stack what its file says")
  .option(...json)
  .action((stack: string, options: { json?: boolean }) => deploy("up", stack, options));

program
  .command("preview <stack>")
  .description("what up would do, for any stack, without its cloud")
  .option(...json)
  .option("--state <file>", "compare with an exported state")
  .action((stack: string, options: { json?: boolean; state?: string }) => deploy("preview", stack, options));

program
  .command("destroy <stack>")
  .description("remove what a local stack made, and nothing else")
  .option("--yes", "do not ask")
  .option(...json)
  .action(async (stack: string, options: { json?: boolean; yes?: boolean }) => {
    if (
      !options.yes &&
      !(await confirm(`Remove everything of ${stack}, its data too? Type the stack's name: `, stack))
    )
      throw new UserError("nothing was removed");
    await deploy("destroy", stack, options);
  });

/** Runs an operation and prints what it came to. */
async function deploy(
  operation: "up" | "preview" | "destroy",
  stack: string,
  options: { json?: boolean; state?: string },
): Promise<void> {
  const result = await operate(operation, stack, progress, {
    signal: cancel.signal,
    ...(options.state && { stateFile: options.state }),
  });
  if (options.json) return printJson(digest(result));
  const counts = Object.entries(result.changes).map(([op, count]) => `${count} ${op}`);
  print(`${stack}: ${changed(result) === 0 ? "nothing to change" : counts.join(", ")}`);
}

async function confirm(question: string, answer: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UserError("there is no terminal to ask on: give --yes");
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  return (await asked.question(question).finally(() => asked.close())).trim() === answer;
}

/** Errors that people can mend come as one message; any other is a defect, and its stack helps whoever reports it. */
function complain(error: unknown): void {
  progress.end();
  const mendable =
    error instanceof UserError || error instanceof SettingsError || error instanceof EngineError;
  const detail = process.env.ECLUSE_DEBUG ? (error as Error).stack : (error as Error).message;
  process.stderr.write(`ecluse: ${detail}\n`);
  if (!mendable && !process.env.ECLUSE_DEBUG)
    process.stderr.write("(set ECLUSE_DEBUG=1 to see where it comes from)\n");
  process.exitCode = 1;
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    progress.say("stopping: what is under way is finished and saved; the next run goes on from here");
    cancel.abort();
  });

program
  .parseAsync()
  .catch(complain)
  .finally(() => progress.end());
