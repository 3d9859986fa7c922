import type { Command } from "commander";
import { plan } from "../plan";
import { jsonOption, print, printJson, type Session } from "../session";
import { costOf } from "./cost";
import { differenceOf, plannedResources } from "./difference";
import { readPrices } from "./prices";
import { costText, differenceText } from "./text";

interface Options {
  readonly prices?: string;
  readonly state?: string;
  readonly json?: boolean;
}

async function cost(session: Session, stack: string, { prices: file, state, json }: Options): Promise<void> {
  const prices = readPrices(file);
  const { steps } = await session.progress.step(`preview ${stack}`, () =>
    plan(stack, { signal: session.signal, ...(state && { stateFile: state }) }),
  );
  session.progress.end();
  if (state) {
    const found = differenceOf(stack, steps, prices);
    return json ? printJson(found) : print(differenceText(found));
  }
  const found = costOf(stack, plannedResources(steps), prices);
  if (json) printJson(found);
  else print(costText(found));
}

/** Adds `cost`. */
export function addCostCommand(program: Command, session: Session): void {
  program
    .command("cost <stack>")
    .description("what a stack would cost a month, from a dated table of prices; no cloud is asked")
    .option("--prices <file>", "one's own prices, before those of the repository")
    .option("--state <file>", "what changes against an exported state")
    .option(...jsonOption)
    .action((stack: string, options: Options) => cost(session, stack, options));
}
