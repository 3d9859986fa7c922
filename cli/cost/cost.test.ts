import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import { temporaryFolder } from "../../local/forge/fixture";
import type { Properties } from "../../protocol/properties";
import { graph } from "../../test/graphs/plan";
import { type Cost, costOf } from "./cost";
import { metersOf, quantityOf } from "./meters";
import { priceOf, readPrices } from "./prices";
import { costText } from "./text";

const resource = (component: string, type: string, inputs: Properties): ResourceState => ({
  urn: `urn:pulumi:prod::ecluse::ecluse:index:Environment$ecluse:azure:${component}$${type}::prod-x`,
  ...{ type, custom: true, inputs },
});

const cluster = resource("Cluster", "azure-native:containerservice:ManagedCluster", {
  location: "northeurope",
  sku: { name: "Base", tier: "Standard" },
  agentPoolProfiles: [{ count: 2, vmSize: "Standard_D4as_v5" }],
});
const pool = resource("Cluster", "azure-native:containerservice:AgentPool", {
  ...{ enableAutoScaling: true, minCount: 1, maxCount: 4, vmSize: "Standard_D8as_v5" },
});
const database = resource("MetadataDatabase", "azure-native:dbforpostgresql:Server", {
  sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
  ...{ storage: { storageSizeGB: 128 }, highAvailability: { mode: "ZoneRedundant" } },
});
const server = resource("TrackingServer", "kubernetes:apps/v1:Deployment", {
  spec: {
    replicas: 2,
    template: { spec: { containers: [{ resources: { requests: { cpu: "250m", memory: "512Mi" } } }] } },
  },
});

/** A file of prices with these figures, by meter and size. */
function ownPrices(figures: Readonly<Record<string, number>>, currency = "USD"): string {
  const file = join(temporaryFolder("prices-"), "own.json");
  const prices = Object.entries(figures).map(([of, price]) => {
    const [meter = "", sku = ""] = of.split(" ");
    return { meter, sku, region: "northeurope", price, unit: "hours", source: "our contract" };
  });
  writeFileSync(file, JSON.stringify({ currency, dated: "2026-11-01", prices }));
  return file;
}

describe("quantities", () => {
  it("are those of the plan: nodes of pools, a stand-by, storage of both", () => {
    expect(metersOf(cluster, true)).toEqual([
      { meter: "azure/aks", sku: "Standard", quantity: 730 },
      { meter: "azure/vm", sku: "Standard_D4as_v5", quantity: 1460, most: 1460 },
      { meter: "azure/node-disk", sku: "", quantity: 2, most: 2 },
    ]);
    expect(metersOf(pool, true)).toEqual([
      { meter: "azure/vm", sku: "Standard_D8as_v5", quantity: 730, most: 2920 },
      { meter: "azure/node-disk", sku: "", quantity: 1, most: 4 },
    ]);
    expect(metersOf(database, true)).toEqual([
      { meter: "azure/postgresql", sku: "Standard_D2ds_v5", quantity: 1460 },
      { meter: "azure/postgresql-storage-gb", sku: "", quantity: 256 },
      { meter: "azure/postgresql-backup-gb", sku: "", quantity: null },
    ]);
  });

  it("of pods count in one's own cluster, and are in the nodes' price of the stack's own nodes", () => {
    expect(metersOf(server, true)).toEqual([]);
    expect(metersOf(server, false)).toEqual([
      { meter: "cluster/core", sku: "", quantity: 365 },
      { meter: "cluster/memory-gib", sku: "", quantity: 730 },
    ]);
  });

  it.each([
    ["250m", 0.25],
    ["2", 2],
    ["512Mi", 2 ** 29],
    ["1Gi", 2 ** 30],
    [undefined, 0],
    ["[secret]", 0],
  ])("reads %s of Kubernetes as %d", (text, number) => expect(quantityOf(text)).toBe(number));
});

describe("a stack's cost", () => {
  const figures = {
    "azure/vm Standard_D4as_v5": 0.5,
    "azure/vm Standard_D8as_v5": 1,
    "azure/aks Standard": 0.2,
  };
  const priced = () => costOf("prod", [cluster, pool, database], readPrices(ownPrices(figures)));

  it("is the sum of what is priced, at the least and with all nodes", () => {
    const cost = priced();
    expect([cost.region, cost.dated, cost.atLeast, cost.atMostPriced]).toEqual([
      ...["northeurope", "2026-11-01", 730 + 146 + 730, 730 + 146 + 2920],
    ]);
    expect(cost.lines.map(({ part }) => part)).toContain("MetadataDatabase");
  });

  it("takes nothing for free that has no price, and says how to get one", () => {
    const cost = priced();
    expect(cost.notPriced).toBe(5);
    const text = costText(cost);
    expect(text).toMatch(/at least 1606\.00 to 3796\.00 USD; 5 of 8 lines are NOT priced/);
    expect(text).toMatch(/azure\/postgresql Standard_D2ds_v5: fill in: https:\/\/prices\.azure\.com/);
    expect(text).toMatch(/azure\/postgresql-backup-gb +by use +not priced +not priced/);
  });

  it("has a line that is not priced for a type of Azure that it does not know", () => {
    const { lines, notPriced } = costOf(
      "prod",
      [resource("Gpu", "azure-native:batch:Pool", {})],
      readPrices(),
    );
    expect([notPriced, lines[0]?.meter, lines[0]?.source]).toEqual([
      ...[1, "azure-native:batch:Pool", expect.stringContaining("add one by --prices")],
    ]);
  });

  it("counts each type that production on Azure has, or knows that it is free", async () => {
    const { lines } = costOf("prod", (await graph("prod")).resources, readPrices());
    const unknown = lines.filter(({ meter }) => !meter.startsWith("azure/"));
    expect(unknown).toEqual([]);
    expect(new Set(lines.map(({ part }) => part)).size).toBeGreaterThan(5);
    expect(lines.find(({ meter }) => meter === "azure/postgresql")).toMatchObject({ quantity: 1460 });
  });

  it("has no price of another region, size or currency", () => {
    const of = (prices: ReturnType<typeof readPrices>, region: string, sku = "Standard_D4as_v5") =>
      priceOf(prices, { meter: "azure/vm", sku, region })?.price;
    const own = readPrices(ownPrices(figures));
    expect(of(own, "northeurope")).toBe(0.5);
    expect(of(own, "westeurope")).toBeNull();
    expect(of(own, "northeurope", "Standard_D16as_v5")).toBeNull();
    const euros = readPrices(ownPrices({ "azure/vm Standard_D4as_v5": 0.5 }, "EUR"));
    const { lines, currency }: Cost = costOf("prod", [cluster], euros);
    expect([currency, ...lines.map(({ price }) => price)]).toEqual(["EUR", null, 0.5, null]);
  });
});

describe("the table of prices", () => {
  it("has a line for each meter, dated, each figure with its source and each gap with what to fill in", () => {
    const { prices, dated } = readPrices();
    expect(dated).toMatch(/^\d{4}-\d\d-\d\d$/);
    for (const { price, source } of prices)
      expect(source).toMatch(price === null ? /^fill in: / : /^https:\/\//);
  });

  it("is refused with the key and the file where it is no such table", () => {
    const file = join(temporaryFolder("prices-"), "own.json");
    writeFileSync(file, JSON.stringify({ currency: "USD", dated: "lately", prices: [] }));
    expect(() => readPrices(file)).toThrow(/own\.json: .*dated/s);
    expect(() => readPrices(join(file, "none"))).toThrow(/--prices .* cannot be read/);
  });
});
