import type { ResourceState } from "../../local/engine/document";
import type { StepRecord } from "../../local/engine/recorder";
import { type Cost, type CostLine, costOf } from "./cost";
import type { Prices } from "./prices";

/** A line of the bill that would be another: a resource's units of one meter, now and then. */
export interface CostChange {
  readonly part: string;
  readonly resource: string;
  readonly meter: string;
  readonly sku: string;
  readonly unit: string;
  /** Units a month at the least; 0 where there is no such line, `null` where use decides. */
  readonly before: number | null;
  readonly after: number | null;
  /** More a month at the least, and with all nodes; `null` where it is not priced. */
  readonly cost: number | null;
  readonly mostCost: number | null;
  /** Where the price stands, or how to get one. */
  readonly source: string;
}

/** What a change of a stack would add to its bill, or take from it. */
export interface CostDifference {
  readonly stack: string;
  readonly currency: string;
  readonly dated: string;
  readonly before: Cost;
  readonly after: Cost;
  /** Sums of the changes that are priced. */
  readonly cost: number;
  readonly mostCost: number;
  readonly notPriced: number;
  readonly changes: readonly CostChange[];
}

/** The resources that a run would leave, each once: a replaced one is in several steps. */
export function plannedResources(steps: readonly StepRecord[]): ResourceState[] {
  const last = new Map(
    steps.flatMap(({ newState }) => (newState ? [[newState.urn, newState] as const] : [])),
  );
  return [...last.values()];
}

function presentResources(steps: readonly StepRecord[]): ResourceState[] {
  const first = new Map(
    steps.flatMap(({ oldState }) => (oldState ? [[oldState.urn, oldState] as const] : [])),
  );
  return [...first.values()];
}

const sum = (values: readonly (number | null)[]): number =>
  Math.round(values.reduce<number>((all, each) => all + (each ?? 0), 0) * 100) / 100;

/** A sum in which one value that nobody knows makes the whole unknown. */
const known = (values: readonly (number | null)[]): number | null =>
  values.includes(null) ? null : sum(values);

const less = (one: number | null, other: number | null) =>
  one === null || other === null ? null : sum([one, -other]);

/** One line of the bill before and after; `undefined` where it stays. */
function changeOf(before: readonly CostLine[], after: readonly CostLine[]): CostChange | undefined {
  const line = after[0] ?? before[0];
  const of = (lines: readonly CostLine[], key: "quantity" | "most" | "cost" | "mostCost") =>
    known(lines.map((each) => each[key]));
  const same = (["quantity", "most", "mostCost"] as const).every((key) => of(before, key) === of(after, key));
  if (!line || (same && before.length === after.length)) return undefined;
  const { part, resource, meter, sku, unit, source } = line;
  return {
    ...{ part, resource, meter, sku, unit, source },
    ...{ before: of(before, "quantity"), after: of(after, "quantity") },
    cost: less(of(after, "cost"), of(before, "cost")),
    mostCost: less(of(after, "mostCost"), of(before, "mostCost")),
  };
}

/** What the bill would be after the steps of a preview, beside what the state before them has. */
export function differenceOf(stack: string, steps: readonly StepRecord[], prices: Prices): CostDifference {
  const before = costOf(stack, presentResources(steps), prices);
  const after = costOf(stack, plannedResources(steps), prices);
  const key = ({ resource, meter, sku }: CostLine) => JSON.stringify([resource, meter, sku]);
  const [old, young] = [Map.groupBy(before.lines, key), Map.groupBy(after.lines, key)];
  const changes = [...new Set([...young.keys(), ...old.keys()])].flatMap(
    (each) => changeOf(old.get(each) ?? [], young.get(each) ?? []) ?? [],
  );
  return {
    ...{ stack, currency: prices.currency, dated: prices.dated, before, after },
    cost: sum(changes.map(({ cost }) => cost)),
    mostCost: sum(changes.map(({ mostCost }) => mostCost)),
    notPriced: changes.filter(({ cost }) => cost === null).length,
    changes,
  };
}
