import { describe, expect, it } from "vitest";
import type { AzureContext } from "./context";
import { Network } from "./network";
import { contextOf, type Variant } from "./rolesFixture";
import { type Registered, registeredBy } from "./rolesRecorder";

type NetworkSettings = AzureContext["azure"]["network"];

function context(variant: Variant, network: Partial<NetworkSettings> = {}): AzureContext {
  const base = contextOf(variant);
  return { ...base, azure: { ...base.azure, network: { ...base.azure.network, ...network } } };
}

const of = (all: readonly Registered[], type: string) =>
  all.filter((one) => one.type === `azure-native:${type}`);
const named = (all: readonly Registered[], type: string, name: string) =>
  of(all, type).find((one) => one.name === name);

describe("a network of its own", () => {
  it("has four subnets, one written after the other, each with a security group and no way out by default", async () => {
    const all = await registeredBy(() => new Network("network", context({ environment: "prod" })));
    const subnets = of(all, "network:Subnet");
    const writtenAfter = (name: string) =>
      subnets
        .find((one) => one.name === name)
        ?.dependsOn.filter((other) => subnets.some(({ name: one }) => one === other));
    expect(subnets).toHaveLength(4);
    expect(writtenAfter("network-endpoints")).toEqual(["network-nodes"]);
    expect(writtenAfter("network-database")).toEqual(["network-endpoints"]);
    expect(writtenAfter("network-apiServer")).toEqual(["network-database"]);
    for (const { inputs, name } of subnets) {
      expect(inputs.defaultOutboundAccess).toBe(false);
      expect(inputs.privateEndpointNetworkPolicies).toBe("Enabled");
      expect(inputs.networkSecurityGroup.id).toMatch(new RegExp(`NetworkSecurityGroup/${name}-rules$`));
    }
    const [virtualNetwork] = of(all, "network:VirtualNetwork");
    expect(virtualNetwork?.ignoreChanges).toEqual(["subnets"]);
    expect(virtualNetwork?.inputs.addressSpace).toEqual({ addressPrefixes: ["10.20.0.0/20"] });
    expect(of(all, "network:VirtualNetworkPeering")).toEqual([]);
  });

  it("leaves by one fixed address", async () => {
    const all = await registeredBy(() => new Network("network", context({ environment: "dev" })));
    const [address, ...others] = of(all, "network:PublicIPAddress");
    expect(address?.inputs).toMatchObject({ sku: { name: "Standard" }, publicIPAllocationMethod: "Static" });
    expect(others).toEqual([]);
    expect(named(all, "network:Subnet", "network-nodes")?.inputs.natGateway.id).toMatch(/network-egress$/);
    expect(named(all, "network:Subnet", "network-endpoints")?.inputs.natGateway).toBeUndefined();
  });

  it("leaves by the team's firewall, with no public address and no learnt route around it", async () => {
    const egress = { firewallAddress: "10.0.0.4" };
    const all = await registeredBy(
      () => new Network("network", context({ environment: "prod" }, { egress })),
    );
    expect(of(all, "network:PublicIPAddress")).toEqual([]);
    const [table] = of(all, "network:RouteTable");
    expect(table?.inputs.disableBgpRoutePropagation).toBe(true);
    expect(table?.inputs.routes).toEqual([
      {
        name: "firewall",
        addressPrefix: "0.0.0.0/0",
        nextHopType: "VirtualAppliance",
        nextHopIpAddress: "10.0.0.4",
      },
    ]);
    expect(named(all, "network:Subnet", "network-nodes")?.inputs.routeTable.id).toMatch(/network-egress$/);
  });

  it("delegates the database's subnet only where PostgreSQL is put into it", async () => {
    const delegations = async (access: "privateEndpoint" | "delegatedSubnet") => {
      const all = await registeredBy(() => new Network("network", context({ environment: "dev", access })));
      return named(all, "network:Subnet", "network-database")?.inputs.delegations;
    };
    expect(await delegations("privateEndpoint")).toBeUndefined();
    expect(await delegations("delegatedSubnet")).toEqual([
      { name: "service", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" },
    ]);
  });

  it("refuses the cluster's own addresses", async () => {
    const own = () => context({ environment: "dev" }, { addressSpace: "100.64.0.0/16" });
    await expect(registeredBy(() => new Network("network", own()))).rejects.toThrow(
      'ecluse:azure.network.addressSpace is "100.64.0.0/16": it overlaps 100.64.0.0/16',
    );
    const clients = () => context({ environment: "dev" }, { clientRanges: ["100.65.1.0/24"] });
    await expect(registeredBy(() => new Network("network", clients()))).rejects.toThrow(
      'ecluse:azure.network.clientRanges is "100.65.1.0/24": it overlaps 100.65.0.0/16',
    );
  });
});

describe("private names", () => {
  it("make each zone once, linked and without registration, and each endpoint with its zone group", async () => {
    const all = await registeredBy(() => {
      const network = new Network("network", context({ environment: "prod" }));
      network.privateEndpoint("vault", "/vaults/one");
      network.privateEndpoint("vault", "/vaults/two", "vault-paired");
    });
    expect(of(all, "privatedns:PrivateZone").map(({ name }) => name)).toEqual([
      "privatelink.vaultcore.azure.net",
    ]);
    expect(of(all, "privatedns:VirtualNetworkLink").map(({ inputs }) => inputs.registrationEnabled)).toEqual([
      false,
    ]);
    const endpoints = of(all, "network:PrivateEndpoint");
    expect(endpoints.map(({ inputs }) => inputs.privateLinkServiceConnections)).toEqual([
      [{ name: "vault", privateLinkServiceId: "/vaults/one", groupIds: ["vault"] }],
      [{ name: "vault-paired", privateLinkServiceId: "/vaults/two", groupIds: ["vault"] }],
    ]);
    const groups = of(all, "network:PrivateDnsZoneGroup");
    expect(groups.map(({ dependsOn }) => dependsOn.filter((name) => name.endsWith("-endpoint")))).toEqual([
      ["vault-endpoint"],
      ["vault-paired-endpoint"],
    ]);
    expect(groups[0]?.inputs.privateDnsZoneConfigs).toEqual([
      {
        name: "privatelink-vaultcore-azure-net",
        privateDnsZoneId: expect.stringMatching(/PrivateZone\/privatelink\.vaultcore\.azure\.net$/),
      },
    ]);
  });
});

describe("the team's network", () => {
  const existing = {
    virtualNetworkId: "/vnet",
    nodesSubnetId: "/vnet/nodes",
    endpointsSubnetId: "/vnet/endpoints",
    databaseSubnetId: "/vnet/database",
  };

  it("is used as it is, with the team's zones", async () => {
    const own = { existing: { ...existing, privateDnsResourceGroupId: "/rg-dns" } };
    const all = await registeredBy(() => {
      const network = new Network("network", context({ environment: "prod" }, own));
      network.privateEndpoint("registry", "/registry");
    });
    expect(all.filter(({ type }) => type.startsWith("azure-native:")).map(({ type }) => type)).toEqual([
      "azure-native:network:PrivateEndpoint",
      "azure-native:network:PrivateDnsZoneGroup",
    ]);
    expect(of(all, "network:PrivateEndpoint")[0]?.inputs.subnet.id).toBe("/vnet/endpoints");
    expect(of(all, "network:PrivateDnsZoneGroup")[0]?.inputs.privateDnsZoneConfigs[0].privateDnsZoneId).toBe(
      "/rg-dns/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io",
    );
  });

  it("gets the zone of a delegated server, which no team has by that name", async () => {
    const own = { existing: { ...existing, privateDnsResourceGroupId: "/rg-dns" } };
    const all = await registeredBy(() => {
      new Network("network", context({ environment: "prod" }, own)).privateZone(
        "ecluse.private.postgres.database.azure.com",
      );
    });
    expect(of(all, "privatedns:PrivateZone").map(({ name }) => name)).toEqual([
      "ecluse.private.postgres.database.azure.com",
    ]);
    expect(of(all, "privatedns:VirtualNetworkLink").map(({ inputs }) => inputs.virtualNetwork.id)).toEqual([
      "/vnet",
    ]);
  });

  it("gets zones where it has none", async () => {
    const all = await registeredBy(() => {
      new Network("network", context({ environment: "prod" }, { existing })).privateEndpoint(
        "blob",
        "/store",
      );
    });
    expect(of(all, "privatedns:VirtualNetworkLink").map(({ inputs }) => inputs.virtualNetwork.id)).toEqual([
      "/vnet",
    ]);
  });
});
