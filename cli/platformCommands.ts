import type { Command } from "commander";
import { homeFolder } from "../local/home";
import { consoleLink, loginExports, loginHints, loginLink, openInBrowser, trackingToken } from "./access";
import { imageOf, runJobOnly, runUseCase, runWaiting } from "./chain";
import { upAll } from "./deploy";
import { diagnose } from "./doctor";
import { forgeProjects, forgeText } from "./forge";
import { start, stop } from "./lifecycle";
import { showLog } from "./logs";
import { environmentOutputs, outputsOfEnvironment } from "./outputs";
import { elapsed } from "./progress";
import { alone, jsonOption, print, printJson, type Session } from "./session";
import { localStacks, UserError } from "./stacks";
import { status, statusTable } from "./status";
import { table } from "./table";
import { addUseCaseCommands } from "./useCaseCommands";
import { chosenUseCase } from "./workspace";

interface Json {
  readonly json?: boolean;
}

/** Everything: all local stacks up, every use case to production. */
async function runAll(session: Session): Promise<void> {
  const environments = localStacks().filter(({ kind }) => kind === "environment");
  const useCases = new Set(environments.flatMap(({ useCases: all }) => all.map(({ name }) => name)));
  // The jobs' environments are built while services start: either alone leaves a core idle.
  const images = Promise.allSettled([...useCases].map(imageOf));
  let done = await upAll(session);
  await images;
  for (const useCase of useCases) done += await runUseCase(useCase, session);
  const now = await status();
  const judged = done === 0 ? "" : `\n\n${await auditOf(session)}`;
  session.progress.end();
  print(`${done === 0 ? "Nothing to change" : "Done"} (${elapsed()}).\n\n${statusTable(now)}${judged}`);
}

/** Leaves an audit of what runs now. Loaded here, since the rules would delay every command. */
const auditOf = async (session: Session): Promise<string> =>
  session.progress.step("audit", async () => (await import("./audit")).auditPlatform(session));

/**
 * Brings a use case's stacks up where they do not have it yet, as when it is new; otherwise starts what was stopped.
 */
async function bringUp(session: Session, useCase: string): Promise<void> {
  const environments = localStacks().filter(({ kind }) => kind === "environment");
  const listed = environments.filter(({ useCases }) => useCases.some(({ name }) => name === useCase));
  if (listed.length === 0)
    throw new UserError(`no local stack file lists use case ${useCase}: npx ecluse new ${useCase} makes it`);
  const up = (await environmentOutputs()).filter(({ useCases }) => useCase in useCases);
  if (up.length < listed.length) await upAll(session);
  else await start(session);
}

interface RunOptions {
  readonly all?: boolean;
  readonly waiting?: boolean;
  readonly only?: string;
  readonly fix?: boolean;
}

async function runOne(session: Session, useCase: string | undefined, options: RunOptions): Promise<void> {
  if (!useCase) throw new UserError("name the use case, or give --all");
  const { only, fix = false } = options;
  await bringUp(session, useCase);
  if (only) {
    await runJobOnly(useCase, only, session, fix);
    return print(`${only} passed. Nothing is merged: npx ecluse run ${useCase} takes it to production.`);
  }
  const done = await runUseCase(useCase, session, fix);
  print(done === 0 ? "Nothing to change." : `${useCase} is in production.`);
}

/** What a monitor has asked the forge for: a laptop has no runner that waits for it. */
async function runAsked(session: Session, useCase: string | undefined): Promise<void> {
  if (!useCase) throw new UserError("name the use case whose pipelines wait");
  await bringUp(session, useCase);
  const count = await runWaiting(useCase, session);
  print(count === 0 ? "No pipeline waits." : `${count} pipeline${count === 1 ? "" : "s"} passed.`);
}

interface LoginOptions extends Json {
  readonly token?: boolean;
  readonly useCase?: string;
}

async function login(environment: string, { json, token, useCase }: LoginOptions): Promise<void> {
  if (token) return print(await trackingToken(environment));
  const outputs = await outputsOfEnvironment(environment);
  const chosen = chosenUseCase(outputs, useCase);
  const exports = await loginExports(outputs, chosen);
  if (json) return printJson(exports);
  for (const [name, value] of Object.entries(exports)) print(`export ${name}='${value}'`);
  process.stderr.write(`${loginHints(outputs, chosen)}\n`);
}

async function openEnvironment(
  environment: string,
  { mlflow }: { readonly mlflow?: boolean },
): Promise<void> {
  const link = await (mlflow ? loginLink : consoleLink)(environment);
  openInBrowser(environment, link);
  print(`Open this link within a minute; it works once:\n${link}`);
}

function doctor({ json }: Json): void {
  const checks = diagnose();
  const rows = checks.map(({ name, ok, found, fix }) => [
    ok ? "ok" : "MISSING",
    name,
    ok ? found : `${found}: ${fix}`,
  ]);
  if (json) printJson(checks);
  else print(table([["", "what", "found"], ...rows]));
  if (checks.some(({ ok }) => !ok)) process.exitCode = 1;
}

/** Adds the commands of the platform as a whole. */
export function addPlatformCommands(program: Command, session: Session): void {
  program
    .command("run [use-case]")
    .description("take a use case from a branch to production")
    .option("--all", "bring up every local stack, then run every use case")
    .option("--waiting", "run the pipelines that its monitors have asked the forge for")
    .option("--only <job>", "run one job of the branch's pipeline, such as check, with what it needs")
    .option("--fix", "first format the code, and repair what ruff can")
    .action((useCase: string | undefined, options: RunOptions) =>
      alone(session, () =>
        options.all
          ? runAll(session)
          : options.waiting
            ? runAsked(session, useCase)
            : runOne(session, useCase, options),
      ),
    );
  program
    .command("status")
    .description("how every environment stands")
    .option(...jsonOption)
    .action(async ({ json }: Json) =>
      json ? printJson(await status()) : print(statusTable(await status())),
    );
  program
    .command("start")
    .description("start all services, with their data")
    .action(() => alone(session, () => start(session)));
  program
    .command("stop")
    .description("stop all services; data stays")
    .action(() => alone(session, () => stop(session)));
  addUseCaseCommands(program, session);
  addAccessCommands(program);
}

function addAccessCommands(program: Command): void {
  program
    .command("open <environment>")
    .description("open an environment's console in the browser, logged in")
    .option("--mlflow", "open the tracking server's own pages instead")
    .action(openEnvironment);
  program
    .command("login <environment>")
    .description('shell lines for notebooks: eval "$(npx ecluse login dev)"')
    .option(...jsonOption)
    .option("--use-case <name>", "the use case to work on; needed where the environment has several")
    .option("--token", "print a token of ten minutes and nothing else, as the login renews itself")
    .action(login);
  program
    .command("forge")
    .description("what the local forge has: pipelines with their jobs, and open issues")
    .option(...jsonOption)
    .action(({ json }: Json) => {
      const projects = forgeProjects(homeFolder());
      if (json) printJson(projects);
      else print(forgeText(projects));
    });
  program
    .command("logs [part]")
    .description("the log of a part, such as dev/tracking or pipeline/3; without one, the parts there are")
    .option("-n, --lines <count>", "how many lines from the end", "50")
    .action((part: string | undefined, { lines }: { lines: string }) => print(showLog(part, Number(lines))));
  program
    .command("doctor")
    .description("what this machine lacks, and how to get it")
    .option(...jsonOption)
    .action(doctor);
}
