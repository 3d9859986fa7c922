import type { Command } from "commander";
import { plan } from "../plan";
import { jsonOption, print, printJson, type Session } from "../session";
import { table } from "../table";
import { type Cost, type CostLine, costOf } from "./cost";
import { readPrices } from "./prices";

interface Options {
  readonly prices?: string;
  readonly json?: boolean;
}

const shown = (value: number | null, digits = 2) => value?.toFixed(digits) ?? "–";

const range = (least: number | null, most: number | null, digits: number) =>
  least === most ? shown(least, digits) : `${shown(least, digits)} to ${shown(most, digits)}`;

const rowOf = ({ part, resource, meter, sku, quantity, most, unit, price, cost, mostCost }: CostLine) => [
  part,
  resource,
  `${meter} ${sku}`.trim(),
  quantity === null ? "by use" : `${range(quantity, most, 0)} ${unit}`,
  price === null ? "not priced" : String(price),
  cost === null ? "not priced" : range(cost, mostCost, 2),
];

/** What is not priced, each meter once, with how to get a price. */
function missing(lines: readonly CostLine[]): string[] {
  const open = lines.filter(({ cost, quantity }) => cost === null && quantity !== null);
  return [...new Set(open.map(({ meter, sku, source }) => `  ${`${meter} ${sku}`.trim()}: ${source}`))];
}

/** The cost for people, part by part. */
export function costText(cost: Cost): string {
  const { stack, region, currency, dated, lines, atLeast, atMostPriced, notPriced } = cost;
  const sorted = [...lines].sort((one, other) => one.part.localeCompare(other.part));
  const head = ["part", "resource", "meter", "a month", `price, ${currency}`, `cost, ${currency}`];
  const open = missing(lines);
  return [
    `${stack} in ${region}, a month, before taxes and discounts; prices of ${dated}`,
    table([head, ...sorted.map(rowOf)]),
    `priced: at least ${range(atLeast, atMostPriced, 2)} ${currency}; ` +
      `${notPriced} of ${lines.length} lines are NOT priced`,
    ...(open.length > 0 ? [["to be filled in, by --prices:", ...open].join("\n")] : []),
  ].join("\n\n");
}

async function cost(session: Session, stack: string, { prices: file, json }: Options): Promise<void> {
  const prices = readPrices(file);
  const { steps } = await session.progress.step(`preview ${stack}`, () =>
    plan(stack, { signal: session.signal }),
  );
  const resources = steps.flatMap(({ newState }) => newState ?? []);
  const found = costOf(stack, resources, prices);
  session.progress.end();
  if (json) printJson(found);
  else print(costText(found));
}

/** Adds `cost`. */
export function addCostCommand(program: Command, session: Session): void {
  program
    .command("cost <stack>")
    .description("what a stack would cost a month, from a dated table of prices; no cloud is asked")
    .option("--prices <file>", "one's own prices, before those of the repository")
    .option(...jsonOption)
    .action((stack: string, options: Options) => cost(session, stack, options));
}
