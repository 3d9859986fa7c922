import { describe, expect, it } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import type { StepRecord } from "../../local/engine/recorder";
import type { Properties } from "../../protocol/properties";
import { differenceOf } from "./difference";
import { differenceLine, differenceText } from "./text";

const prices = {
  currency: "EUR",
  dated: "2026-11-01",
  prices: [
    { meter: "azure/vm", sku: "small", price: 0.1, unit: "hours", source: "https://example.com" },
    { meter: "azure/vm", sku: "large", price: 0.5, unit: "hours", source: "https://example.com" },
    { meter: "azure/node-disk", sku: "", price: 10, unit: "disks", source: "https://example.com" },
    { meter: "azure/postgresql", sku: "*", price: null, unit: "hours", source: "fill in: ask" },
  ],
};

function state(name: string, type: string, inputs: Properties): ResourceState {
  const urn = `urn:pulumi:prod::ecluse::ecluse:azure:Cluster$azure-native:${type}::${name}`;
  return { urn, type: `azure-native:${type}`, custom: true, inputs: { ...inputs, location: "northeurope" } };
}
const pool = (vmSize: string, minCount: number, maxCount: number) =>
  state("user", "containerservice:AgentPool", { vmSize, minCount, maxCount });
const database = state("database", "dbforpostgresql:Server", { sku: { name: "Standard_D2ds_v5" } });
const step = (op: StepRecord["op"], oldState?: ResourceState, newState?: ResourceState): StepRecord => ({
  ...{ op, urn: (newState ?? oldState)?.urn ?? "" },
  ...(oldState && { oldState }),
  ...(newState && { newState }),
});
const difference = (...steps: StepRecord[]) => differenceOf("prod", steps, prices);

describe("the difference of a bill", () => {
  it("is what a changed line adds, at the least and with all nodes", () => {
    const found = difference(step("update", pool("small", 1, 2), pool("small", 2, 6)));
    expect(found.changes).toMatchObject([
      { meter: "azure/vm", before: 730, after: 1460, cost: 73, mostCost: 292 },
      { meter: "azure/node-disk", before: 1, after: 2, cost: 10, mostCost: 40 },
    ]);
    expect([found.cost, found.mostCost, found.notPriced]).toEqual([83, 332, 0]);
  });

  it("has a size that goes beside one that comes, and leaves out what stays", () => {
    const { changes, cost } = difference(step("update", pool("large", 1, 1), pool("small", 1, 1)));
    expect(changes).toMatchObject([
      { sku: "small", before: 0, after: 730, cost: 73 },
      { sku: "large", before: 730, after: 0, cost: -365 },
    ]);
    expect(cost).toBe(-292);
  });

  it("counts a replaced resource once", () => {
    const [was, is] = [pool("small", 1, 1), pool("small", 3, 3)];
    const steps = [
      step("create-replacement", was, is),
      step("replace", was, is),
      step("delete-replaced", was),
    ];
    expect(difference(...steps)).toEqual(difference(step("update", was, is)));
  });

  it("never takes for free what has no price, and has no sum of it", () => {
    const found = difference(step("delete", database));
    expect(found.changes[0]).toMatchObject({ meter: "azure/postgresql", before: 730, after: 0, cost: null });
    expect([found.cost, found.notPriced]).toEqual([0, found.changes.length]);
  });

  it("is none where nothing that is billed changes", () => {
    const found = difference(step("same", database, database));
    expect([found.changes, differenceLine(found)]).toEqual([[], ""]);
    expect(differenceText(found)).toBe("The bill stays as it is.");
  });

  it("reads as a table for people, with what to fill in", () => {
    const text = differenceText(
      difference(
        step("update", pool("small", 1, 2), pool("small", 2, 6)),
        step("create", undefined, database),
      ),
    );
    expect(text).toMatch(/user +azure\/vm small +730 +1460 hours +\+73\.00 to \+292\.00/);
    expect(text).toMatch(/cost a month: \+83\.00 to \+332\.00 EUR .*; 3 of 5 changed lines are NOT priced/);
    expect(text).toMatch(/azure\/postgresql Standard_D2ds_v5: fill in: ask/);
  });
});
