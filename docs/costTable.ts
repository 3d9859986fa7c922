import { type Cost, type CostLine, costOf } from "../cli/cost/cost";
import { readPrices } from "../cli/cost/prices";
import type { ProfileName } from "../components/settings";
import { row } from "./profileTable";
import { previewed } from "./resourceTable";

/** The shipped stack that shows each profile: production takes no `frugal`. */
const shownBy: Readonly<Record<ProfileName, string>> = { frugal: "dev", standard: "prod", full: "prod" };

const names = Object.keys(shownBy) as ProfileName[];

const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((all, each) => all + (each ?? 0), 0);

/** So many units of a meter a month, from the least to the most. */
function amount(lines: readonly CostLine[]): string {
  if (lines.length === 0) return "–";
  if (lines.some(({ quantity }) => quantity === null)) return "by use";
  const [least, most] = [sum(lines.map(({ quantity }) => quantity)), sum(lines.map((each) => each.most))];
  const text = (value: number) => Math.round(value).toLocaleString("en-US");
  return least === most ? text(least) : `${text(least)} to ${text(most)}`;
}

const keyOf = ({ meter, sku }: CostLine) => `\`${`${meter} ${sku}`.trim()}\``;

/**
 * What each profile is billed by a month on Azure, side by side, as a Markdown table. What has no public price stays
 * without a figure.
 */
export function costTable(costs: readonly Cost[]): string {
  const lines = costs.flatMap((each) => each.lines);
  const rows = [...new Set(lines.map(keyOf))].sort().map((key) => {
    const [first] = lines.filter((line) => keyOf(line) === key);
    const amounts = costs.map((each) => amount(each.lines.filter((line) => keyOf(line) === key)));
    return row([key, first?.unit ?? "", ...amounts, first?.price ?? "not priced"]);
  });
  const sums = costs.map(({ atLeast }) => atLeast.toFixed(2));
  const gaps = costs.map(({ notPriced, lines: all }) => `${notPriced} of ${all.length}`);
  const [{ currency, dated } = { currency: "", dated: "" }] = costs;
  return [
    row(["meter", "unit", ...names.map((name) => `\`${name}\``), `price of ${dated}, ${currency}`]),
    row(["---", "---", ...names.map(() => "---"), "---"]),
    ...rows,
    row([`sum of what is priced, ${currency}`, "", ...sums, ""]),
    row(["lines without a price", "", ...gaps, ""]),
  ].join("\n");
}

/** The costs of the profiles, from previews of the stacks that ship. */
export async function profileCosts(): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  for (const profile of names) {
    const stack = shownBy[profile];
    costs.push(costOf(stack, await previewed(stack, profile), readPrices()));
  }
  return costs;
}
