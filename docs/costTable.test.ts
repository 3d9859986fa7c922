import { expect, it } from "vitest";
import type { Cost, CostLine } from "../cli/cost/cost";
import { costTable } from "./costTable";

const line = (meter: string, quantity: number | null, price: number | null, most = quantity): CostLine => ({
  ...{ part: "Cluster", resource: "prod-cluster", meter, sku: "small", unit: "hours", source: "" },
  ...{ quantity, most, price, cost: null, mostCost: null },
});

const cost = (...lines: CostLine[]): Cost => ({
  ...{ stack: "prod", region: "northeurope", currency: "USD", dated: "2026-11-30" },
  ...{ atLeast: 73, atMostPriced: 73, notPriced: 1, lines },
});

it("adds up the lines of a meter, and names what has no price", () => {
  const two = cost(
    line("azure/vm", 730, null, 2920),
    line("azure/vm", 730, null),
    line("azure/aks", 730, 0.1),
  );
  expect(costTable([cost(), two, cost(line("azure/logs-gb", null, null))])).toBe(
    [
      "| meter | unit | `frugal` | `standard` | `full` | price of 2026-11-30, USD |",
      "| --- | --- | --- | --- | --- | --- |",
      "| `azure/aks small` | hours | – | 730 | – | 0.1 |",
      "| `azure/logs-gb small` | hours | – | – | by use | not priced |",
      "| `azure/vm small` | hours | – | 1,460 to 3,650 | – | not priced |",
      "| sum of what is priced, USD |  | 73.00 | 73.00 | 73.00 |  |",
      "| lines without a price |  | 1 of 0 | 1 of 3 | 1 of 1 |  |",
    ].join("\n"),
  );
});
