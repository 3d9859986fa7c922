import { describe, expect, it } from "vitest";
import { overlaps } from "./cidr";
import { openings, securityRules, subnetRanges } from "./subnets";

describe("subnets", () => {
  it("gives nodes the larger part", () => {
    expect(subnetRanges("10.20.0.0/22")).toEqual({
      nodes: "10.20.0.0/23",
      endpoints: "10.20.2.0/24",
      database: "10.20.3.0/25",
      apiServer: "10.20.3.128/26",
    });
  });

  it("cuts no address twice", () => {
    const ranges = Object.values(subnetRanges("10.0.0.0/16"));
    const pairs = ranges.flatMap((one, index) =>
      ranges.slice(index + 1).map((other) => [one, other] as const),
    );
    expect(pairs).toHaveLength(6);
    expect(pairs.filter(([one, other]) => overlaps(one, other))).toEqual([]);
    expect(ranges.every((range) => overlaps("10.0.0.0/16", range))).toBe(true);
  });

  it("refuses an address space that is too small", () => {
    expect(() => subnetRanges("10.0.0.0/23")).toThrow(
      'ecluse:azure.network.addressSpace is "10.0.0.0/23": give at least a /22',
    );
  });
});

describe("security rules", () => {
  const addressSpace = "10.20.0.0/22";
  const clients = ["172.16.20.0/24", "10.20.3.192/26"];
  const allowed = openings({ addressSpace, clientRanges: clients });
  const alone = openings({ addressSpace, clientRanges: [] });
  const openTo = (use: keyof typeof allowed, range: string) =>
    allowed[use].filter(({ from }) => from.includes(range)).map(({ to, ports }) => [to, ports]);

  it.each(["nodes", "endpoints", "database", "apiServer"] as const)("end with a refusal: %s", (use) => {
    const rules = securityRules(allowed[use]);
    expect(rules.at(-1)).toEqual({
      name: "deny-all",
      priority: 4096,
      access: "Deny",
      direction: "Inbound",
      protocol: "*",
      sourceAddressPrefix: "*",
      sourcePortRange: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "*",
    });
    expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
  });

  it("let in ranges that are named, and by a tag Azure's probes alone", () => {
    const sources = Object.values(allowed).flatMap((rows) => rows.flatMap(({ from }) => from));
    expect(new Set(sources.filter((from) => !/^\d[\d.]+\/[1-9]/.test(from)))).toEqual(
      new Set(["AzureLoadBalancer"]),
    );
  });

  it.each(clients)("let the client %s reach the servers, the stores, PostgreSQL and the API", (client) => {
    expect(openTo("nodes", client)).toEqual([[["10.20.0.0/23"], ["443"]]]);
    expect(openTo("endpoints", client)).toEqual([
      [["10.20.2.0/24"], ["443"]],
      [["10.20.2.0/24"], ["5432"]],
    ]);
    expect(openTo("database", client)).toEqual([[["10.20.3.0/25"], ["5432"]]]);
    expect(openTo("apiServer", client)).toEqual([[["10.20.3.128/26"], ["443"]]]);
  });

  it("have no opening for clients where there are none", () => {
    expect(securityRules(alone.apiServer).map(({ name }) => name)).toEqual([
      "allow-nodes",
      "allow-load-balancer-probes",
      "deny-all",
    ]);
    expect(securityRules(alone.nodes)).toContainEqual(
      expect.objectContaining({ name: "allow-ingress", sourceAddressPrefix: "10.20.0.0/22" }),
    );
  });

  it("open PostgreSQL's subnet without clients to nodes and to itself alone", () => {
    const [postgresql, replication, refusal, ...rest] = securityRules(alone.database);
    expect(postgresql).toMatchObject({
      access: "Allow",
      protocol: "Tcp",
      sourceAddressPrefix: "10.20.0.0/23",
      destinationAddressPrefix: "10.20.3.0/25",
      destinationPortRanges: ["5432"],
    });
    expect(replication).toMatchObject({
      sourceAddressPrefix: "10.20.3.0/25",
      destinationAddressPrefix: "10.20.3.0/25",
      protocol: "*",
    });
    expect(refusal?.access).toBe("Deny");
    expect(rest).toEqual([]);
  });

  it("let pods, which keep their own addresses, reach each other", () => {
    expect(securityRules(allowed.nodes)[0]).toMatchObject({
      sourceAddressPrefixes: ["10.20.0.0/23", "100.64.0.0/16"],
      destinationAddressPrefixes: ["10.20.0.0/23", "100.64.0.0/16"],
      destinationPortRange: "*",
    });
  });
});
