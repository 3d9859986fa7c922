import type { Command } from "commander";
import { jsonOption, print, printJson, type Session } from "../session";
import { table } from "../table";
import { rotate, secretAges } from "./rotate";

interface Options {
  readonly env?: string;
  readonly json?: boolean;
}

async function rotateOrList(session: Session, names: string[], { env, json }: Options): Promise<void> {
  if (names.length > 0) await rotate(session, names, env);
  const ages = await secretAges(env);
  session.progress.end();
  if (json) return printJson(ages);
  const rows = ages.map(({ environment, name, since, rotation }) => [
    environment,
    name,
    since.slice(0, 16),
    rotation,
  ]);
  print(table([["", "secret", "since", "rotation"], ...rows]));
}

/** Adds `rotate`. */
export function addRotateCommand(program: Command, session: Session): void {
  program
    .command("rotate [secrets...]")
    .description(
      "make new secrets and keys for environments of this machine; without a name, list them by age",
    )
    .option("--env <environment>", "of this environment alone")
    .option(...jsonOption)
    .action((names: string[], options: Options) => rotateOrList(session, names, options));
}
