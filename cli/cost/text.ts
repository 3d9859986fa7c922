import { table } from "../table";
import type { Cost, CostLine } from "./cost";
import type { CostChange, CostDifference } from "./difference";

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
function missing(lines: readonly Pick<CostLine, "meter" | "sku" | "source">[]): string[] {
  const open = new Set(lines.map(({ meter, sku, source }) => `  ${`${meter} ${sku}`.trim()}: ${source}`));
  return open.size > 0 ? [["to be filled in, by --prices:", ...open].join("\n")] : [];
}

const byPart = (one: { readonly part: string }, other: { readonly part: string }) =>
  one.part.localeCompare(other.part);

/** The cost for people, part by part. */
export function costText(cost: Cost): string {
  const { stack, region, currency, dated, lines, atLeast, atMostPriced, notPriced } = cost;
  const head = ["part", "resource", "meter", "a month", `price, ${currency}`, `cost, ${currency}`];
  return [
    `${stack} in ${region}, a month, before taxes and discounts; prices of ${dated}`,
    table([head, ...[...lines].sort(byPart).map(rowOf)]),
    `priced: at least ${range(atLeast, atMostPriced, 2)} ${currency}; ` +
      `${notPriced} of ${lines.length} lines are NOT priced`,
    ...missing(lines.filter(({ cost, quantity }) => cost === null && quantity !== null)),
  ].join("\n\n");
}

const signed = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(2)}`;
const more = (least: number, most: number) =>
  least === most ? signed(least) : `${signed(least)} to ${signed(most)}`;

const units = (quantity: number | null) => (quantity === null ? "by use" : shown(quantity, 0));

const changeRow = ({ part, resource, meter, sku, before, after, unit, cost, mostCost }: CostChange) => [
  part,
  resource,
  `${meter} ${sku}`.trim(),
  units(before),
  `${units(after)} ${after === null ? "" : unit}`.trim(),
  cost === null || mostCost === null ? "not priced" : more(cost, mostCost),
];

/** What a change adds to the bill, in one line; empty where it leaves the bill as it is. */
export function differenceLine({ cost, mostCost, currency, dated, ...of }: CostDifference): string {
  const { changes, notPriced } = of;
  if (changes.length === 0) return "";
  return (
    `cost a month: ${more(cost, mostCost)} ${currency} of what is priced (prices of ${dated}); ` +
    `${notPriced} of ${changes.length} changed lines are NOT priced`
  );
}

/** What a change adds to the bill, line by line. */
export function differenceText(of: CostDifference): string {
  if (of.changes.length === 0) return "The bill stays as it is.";
  const head = ["part", "resource", "meter", "before", "after", `more a month, ${of.currency}`];
  return [
    table([head, ...[...of.changes].sort(byPart).map(changeRow)]),
    differenceLine(of),
    ...missing(of.changes.filter(({ cost, after }) => cost === null && after !== null && after > 0)),
  ].join("\n\n");
}
