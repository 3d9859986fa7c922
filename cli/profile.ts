import type { Command } from "commander";
import { askKit } from "./kit";
import { jsonOption, print } from "./session";
import { sourceEnvironment, sourcePath } from "./source";

/** What a file of rows seems to hold, as far as `ecluse new` goes by it. */
export interface Profiled {
  /** What a model of it predicts, as a template is called. */
  readonly task: string;
  /** The column of the id. */
  readonly id: string;
  /** Of a time series: what its rows go by. */
  readonly axis: { readonly step: string } | null;
  /** The data contract, as `features.py` has it. */
  readonly contract: string;
}

const ask = async (file: string, target: string, words: readonly string[]): Promise<string> =>
  (await askKit(["profile", sourcePath(file), "--target", target, ...words], sourceEnvironment())).trimEnd();

const idWords = (id?: string) => (id ? ["--id", id] : []);

/** The profile of a file. Throws a UserError where it makes no contract. */
export const profileOf = async (file: string, target: string, id?: string): Promise<Profiled> =>
  JSON.parse(await ask(file, target, [...idWords(id), "--json"])) as Profiled;

interface ProfileOptions {
  readonly target: string;
  readonly id?: string;
  readonly json?: boolean;
}

/** Adds `profile`. */
export function addProfileCommand(program: Command): void {
  program
    .command("profile <file>")
    .description("propose the data contract that fits a file of rows, or a folder of files")
    .requiredOption("--target <column>", "what the model predicts")
    .option("--id <column>", "another one in each row; by default the first column that is")
    .option(...jsonOption)
    .action(async (file: string, { target, id, json }: ProfileOptions) =>
      print(await ask(file, target, [...idWords(id), ...(json ? ["--json"] : [])])),
    );
}
