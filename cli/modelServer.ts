import { resolve } from "node:path";
import type { Command } from "commander";
import { askKit } from "./kit";
import { forgeOutputs, useCaseOutputs } from "./outputs";
import { personToken } from "./people";
import { jsonOption, print, printJson, type Session } from "./session";
import { UserError } from "./stacks";

/** How long a command may ask: as long as a program of the platform works (`python.ts`). */
const tokenSeconds = 3600;

/** Where a model server is, and what it is asked with. */
export interface AskedServer extends Readonly<Record<string, string>> {
  readonly ECLUSE_SERVING_URL: string;
  readonly ECLUSE_SERVING_TOKEN: string;
}

/** The model server of a use case, and a token of the person at this machine for it. */
export async function modelServer(environment: string, useCase: string): Promise<AskedServer> {
  const { serving } = await useCaseOutputs(environment, useCase);
  return {
    ECLUSE_SERVING_URL: serving,
    ECLUSE_SERVING_TOKEN: await personToken((await forgeOutputs()).url, environment, "serving", tokenSeconds),
  };
}

/** Waits until the store has all that a model server has logged. */
export async function flush(server: AskedServer): Promise<void> {
  const answer = await fetch(`${server.ECLUSE_SERVING_URL}/flush`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.ECLUSE_SERVING_TOKEN}` },
  });
  if (!answer.ok) throw new Error(`the model server could not flush its log: ${await answer.text()}`);
}

/** Runs a command of the kit that asks a model server; gives what it prints, and throws with its reason. */
const askServer = (
  server: Readonly<Record<string, string>>,
  words: readonly string[],
  progress?: Session["progress"],
): Promise<string> =>
  askKit(words, server, (line) => {
    const isProgress = progress !== undefined && line.endsWith(" rows are scored");
    if (isProgress) progress.say(line);
    return isProgress;
  });

/** Sends what predictions turned out to be. */
async function sendLabels(environment: string, useCase: string, file: string): Promise<void> {
  const server = await modelServer(environment, useCase);
  print((await askServer(server, ["labels", "--from", resolve(file)])).trimEnd());
}

interface ScoreOptions {
  readonly input?: string;
  readonly output?: string;
  readonly id: string;
  readonly row?: string;
  readonly json?: boolean;
}

async function score(session: Session, environment: string, useCase: string, options: ScoreOptions) {
  const { input, output, row } = options;
  if (row !== undefined && !input && !output) return scoreRow(environment, useCase, row);
  if (row !== undefined || !input || !output)
    throw new UserError(`give --input and --output, for the rows of a file, or --row '{"column": value}'`);
  const files = ["--input", resolve(input), "--output", resolve(output), "--id", options.id];
  const server = await modelServer(environment, useCase);
  const scored = JSON.parse(await askServer(server, ["score", ...files], session.progress));
  if (options.json) return printJson(scored);
  const versions = scored.model_versions.join(", then ");
  print(`${scored.rows} rows are scored by model version ${versions}: ${scored.output}`);
}

/** Scores one row, which may leave out what the model takes as null; prints the server's answer. */
async function scoreRow(environment: string, useCase: string, row: string): Promise<void> {
  let record: unknown;
  try {
    record = JSON.parse(row);
  } catch (error) {
    throw new UserError(`--row is no JSON (${(error as Error).message}); give '{"column": value}'`);
  }
  const server = await modelServer(environment, useCase);
  const answer = await fetch(`${server.ECLUSE_SERVING_URL}/score`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.ECLUSE_SERVING_TOKEN}` },
    body: JSON.stringify({ records: [{ id: "row", ...(record as object) }] }),
  });
  const document = (await answer.json()) as { error?: string };
  if (!answer.ok) throw new UserError(`--row: ${document.error}`);
  printJson(document);
}

/** Adds `score` and `labels`. */
export function addModelServerCommands(program: Command, session: Session): void {
  program
    .command("score <environment> <use-case>")
    .description(
      "score the rows of a file, or one row, by the model that serves; a run that ended early goes on",
    )
    .option("--input <file>", ".csv or .parquet with an id and the model's inputs")
    .option("--output <file>", ".csv or .parquet to write, with a row for each of the input")
    .option("--id <column>", "the column of the id", "id")
    .option("--row <json>", "one row, as an object of the model's inputs")
    .option(...jsonOption)
    .action((environment: string, useCase: string, options: ScoreOptions) =>
      score(session, environment, useCase, options),
    );
  program
    .command("labels <environment> <use-case> <file>")
    .description(
      "tell what predictions turned out to be: .csv or .parquet with label and prediction_id, or id and date",
    )
    .action(sendLabels);
}
