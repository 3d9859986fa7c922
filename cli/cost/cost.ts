import type { ResourceState } from "../../local/engine/document";
import { parseUrn } from "../../protocol/urn";
import { metersOf } from "./meters";
import { type Prices, priceOf } from "./prices";

/** One line of a bill: so much of one meter, for one part of the stack. */
export interface CostLine {
  /** Component that the resource belongs to, such as `MetadataDatabase`. */
  readonly part: string;
  /** Name of the resource in the stack. */
  readonly resource: string;
  readonly meter: string;
  readonly sku: string;
  readonly unit: string;
  /** Units a month; `null` where use decides. */
  readonly quantity: number | null;
  readonly most: number | null;
  /** Of one unit. */
  readonly price: number | null;
  /** A month, at the least and at the most; `null` where it is not priced. */
  readonly cost: number | null;
  readonly mostCost: number | null;
  /** Where the price stands; for a line without a price, how to get one. */
  readonly source: string;
}

/** What a stack costs a month, before taxes and discounts. */
export interface Cost {
  readonly stack: string;
  readonly region: string;
  readonly currency: string;
  /** Day of the price table. */
  readonly dated: string;
  /** Sum of what is priced. */
  readonly atLeast: number;
  /** The same where load has all its nodes running. */
  readonly atMostPriced: number;
  readonly notPriced: number;
  readonly lines: readonly CostLine[];
}

/** The component that a resource belongs to: the last one of its URN's types. */
function partOf(urn: string): string {
  const components = [...urn.matchAll(/ecluse:[\w/]+:(\w+)(?=\$)/g)];
  return components.at(-1)?.[1] ?? "stack";
}

const regionOf = (resources: readonly ResourceState[]): string => {
  const found = resources
    .map(({ inputs }) => inputs?.location)
    .find((at) => typeof at === "string" && at !== "global");
  return typeof found === "string" ? found : "own cluster";
};

const cents = (value: number) => Math.round(value * 100) / 100;

function linesOf(state: ResourceState, hasNodes: boolean, region: string, prices: Prices): CostLine[] {
  return metersOf(state, hasNodes).map(({ meter, sku, quantity, most = quantity }) => {
    const found = priceOf(prices, { meter, sku, region });
    const price = found?.price ?? null;
    const times = (units: number | null) => (price === null || units === null ? null : cents(price * units));
    return {
      ...{ part: partOf(state.urn), resource: parseUrn(state.urn).name, meter, sku },
      ...{
        unit: found?.unit ?? "",
        quantity,
        most,
        price,
        cost: times(quantity),
        mostCost: times(most ?? null),
      },
      source: found?.source ?? `no price of ${meter} ${sku} in ${region}: add one by --prices`,
    };
  });
}

/** Prices what a stack would make; lines that cannot be priced are counted, and never taken for free. */
export function costOf(stack: string, resources: readonly ResourceState[], prices: Prices): Cost {
  const region = regionOf(resources);
  const hasNodes = resources.some(({ type }) => type.endsWith(":ManagedCluster"));
  const lines = resources.flatMap((state) => linesOf(state, hasNodes, region, prices));
  const sum = (costs: readonly (number | null)[]) =>
    cents(costs.reduce<number>((all, each) => all + (each ?? 0), 0));
  return {
    ...{ stack, region, currency: prices.currency, dated: prices.dated },
    atLeast: sum(lines.map(({ cost }) => cost)),
    atMostPriced: sum(lines.map(({ mostCost }) => mostCost)),
    notPriced: lines.filter(({ cost }) => cost === null).length,
    lines,
  };
}
