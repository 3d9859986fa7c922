import { describe, expect, it } from "vitest";
import type { AzureNetworkSettings } from "../settings";
import { networkArgs } from "./args";
import { privateEndpoint } from "./dns";
import {
  askedOf,
  endpointsOf,
  ofType,
  type Registered,
  registeredBy,
  scopeOf,
  type Variant,
} from "./fixture";
import { Network } from "./network";
import type { AzureScope } from "./scope";

/** Registers a network, and what a test makes in it. */
const networked = (
  variant: Variant,
  changes: Partial<AzureNetworkSettings> = {},
  use: (network: Network, scope: AzureScope) => void = () => {},
) =>
  registeredBy(() => {
    const asked = askedOf(variant);
    const scope = scopeOf(asked);
    const network = new Network("own-network", { scope, ...networkArgs(asked), ...changes });
    use(network, scope);
  });

const named = (all: readonly Registered[], type: string, name: string) =>
  ofType(all, type).find((one) => one.name === name);

describe("a network of its own", () => {
  it("has four subnets in sequence, each with a security group and no default way out", async () => {
    const all = await networked({ environment: "prod" });
    const subnets = ofType(all, "network:Subnet");
    const writtenAfter = (name: string) =>
      subnets
        .find((one) => one.name === name)
        ?.dependsOn.filter((other) => subnets.some(({ name: one }) => one === other));
    expect(subnets).toHaveLength(4);
    expect(writtenAfter("own-network-endpoints")).toEqual(["own-network-nodes"]);
    expect(writtenAfter("own-network-database")).toEqual(["own-network-endpoints"]);
    expect(writtenAfter("own-network-apiServer")).toEqual(["own-network-database"]);
    for (const { inputs, name } of subnets) {
      expect(inputs.defaultOutboundAccess).toBe(false);
      expect(inputs.privateEndpointNetworkPolicies).toBe("Enabled");
      expect(inputs.networkSecurityGroup.id).toMatch(new RegExp(`NetworkSecurityGroup/${name}-rules$`));
    }
    const [virtualNetwork] = ofType(all, "network:VirtualNetwork");
    expect(virtualNetwork?.ignoreChanges).toEqual(["subnets"]);
    expect(virtualNetwork?.inputs.addressSpace).toEqual({ addressPrefixes: ["10.20.0.0/20"] });
    expect(ofType(all, "network:VirtualNetworkPeering")).toEqual([]);
  });

  it("leaves by one fixed address", async () => {
    const all = await networked({ environment: "dev" });
    const [address, ...others] = ofType(all, "network:PublicIPAddress");
    expect(address?.inputs).toMatchObject({ sku: { name: "Standard" }, publicIPAllocationMethod: "Static" });
    expect(others).toEqual([]);
    expect(named(all, "network:Subnet", "own-network-nodes")?.inputs.natGateway.id).toMatch(
      /own-network-egress$/,
    );
    expect(named(all, "network:Subnet", "own-network-endpoints")?.inputs.natGateway).toBeUndefined();
  });

  it("leaves by the team's firewall, with no public address and no learnt route around it", async () => {
    const egress = { firewallAddress: "10.0.0.4" };
    const all = await networked({ environment: "prod" }, { egress });
    expect(ofType(all, "network:PublicIPAddress")).toEqual([]);
    const [table] = ofType(all, "network:RouteTable");
    expect(table?.inputs.disableBgpRoutePropagation).toBe(true);
    expect(table?.inputs.routes).toEqual([
      {
        name: "firewall",
        addressPrefix: "0.0.0.0/0",
        nextHopType: "VirtualAppliance",
        nextHopIpAddress: "10.0.0.4",
      },
    ]);
    expect(named(all, "network:Subnet", "own-network-nodes")?.inputs.routeTable.id).toMatch(
      /own-network-egress$/,
    );
  });

  it("delegates the database's subnet only where PostgreSQL is put into it", async () => {
    const delegations = async (access: "privateEndpoint" | "delegatedSubnet") => {
      const all = await networked({ environment: "dev", access });
      return named(all, "network:Subnet", "own-network-database")?.inputs.delegations;
    };
    expect(await delegations("privateEndpoint")).toBeUndefined();
    expect(await delegations("delegatedSubnet")).toEqual([
      { name: "service", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" },
    ]);
  });

  it("refuses the cluster's own addresses", async () => {
    await expect(networked({ environment: "dev" }, { addressSpace: "100.64.0.0/16" })).rejects.toThrow(
      'ecluse:azure.network.addressSpace is "100.64.0.0/16": it overlaps 100.64.0.0/16',
    );
    await expect(networked({ environment: "dev" }, { clientRanges: ["100.65.1.0/24"] })).rejects.toThrow(
      'ecluse:azure.network.clientRanges is "100.65.1.0/24": it overlaps 100.65.0.0/16',
    );
  });
});

describe("private names", () => {
  it("make each zone once, linked and without registration, and each endpoint with its zone group", async () => {
    const all = await networked({ environment: "prod" }, {}, (network, scope) => {
      privateEndpoint("first", { network, service: "vault", resourceId: "/vaults/one" }, scope);
      const second = { network, service: "vault", resourceId: "/vaults/two", use: "vault-paired" } as const;
      privateEndpoint("second", second, scope);
    });
    expect(
      ofType(all, "privatedns:PrivateZone").map(({ name, inputs }) => [name, inputs.privateZoneName]),
    ).toEqual([["own-network-zones-privatelink.vaultcore.azure.net", "privatelink.vaultcore.azure.net"]]);
    expect(
      ofType(all, "privatedns:VirtualNetworkLink").map(({ inputs }) => inputs.registrationEnabled),
    ).toEqual([false]);
    expect(endpointsOf(all)).toEqual([
      ["vault", "vault", "one"],
      ["vault-paired", "vault", "two"],
    ]);
    expect(ofType(all, "network:PrivateEndpoint").map(({ inputs }) => inputs.privateEndpointName)).toEqual([
      "pep-ecluse-prod-vault",
      "pep-ecluse-prod-vault-paired",
    ]);
    const groups = ofType(all, "network:PrivateDnsZoneGroup");
    expect(groups.map(({ dependsOn }) => dependsOn.filter((name) => name.endsWith("-endpoint")))).toEqual([
      ["first-endpoint"],
      ["second-endpoint"],
    ]);
    expect(groups[0]?.inputs.privateDnsZoneConfigs).toEqual([
      {
        name: "privatelink-vaultcore-azure-net",
        privateDnsZoneId: expect.stringMatching(
          /PrivateZone\/own-network-zones-privatelink\.vaultcore\.azure\.net$/,
        ),
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
    const all = await networked({ environment: "prod" }, own, (network, scope) => {
      privateEndpoint("registry", { network, service: "registry", resourceId: "/registry" }, scope);
    });
    expect(all.filter(({ type }) => type.startsWith("azure-native:")).map(({ type }) => type)).toEqual([
      "azure-native:network:PrivateEndpoint",
      "azure-native:network:PrivateDnsZoneGroup",
    ]);
    expect(ofType(all, "network:PrivateEndpoint")[0]?.inputs.subnet.id).toBe("/vnet/endpoints");
    expect(
      ofType(all, "network:PrivateDnsZoneGroup")[0]?.inputs.privateDnsZoneConfigs[0].privateDnsZoneId,
    ).toBe("/rg-dns/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io");
  });

  it("gets the zone of a delegated server, which no team has by that name", async () => {
    const own = { existing: { ...existing, privateDnsResourceGroupId: "/rg-dns" } };
    const all = await networked({ environment: "prod" }, own, (network) => {
      network.privateZone("ecluse.private.postgres.database.azure.com");
    });
    expect(ofType(all, "privatedns:PrivateZone").map(({ inputs }) => inputs.privateZoneName)).toEqual([
      "ecluse.private.postgres.database.azure.com",
    ]);
    expect(
      ofType(all, "privatedns:VirtualNetworkLink").map(({ inputs }) => inputs.virtualNetwork.id),
    ).toEqual(["/vnet"]);
  });

  it("gets zones where it has none", async () => {
    const all = await networked({ environment: "prod" }, { existing }, (network, scope) => {
      privateEndpoint("store", { network, service: "blob", resourceId: "/store" }, scope);
    });
    expect(
      ofType(all, "privatedns:VirtualNetworkLink").map(({ inputs }) => inputs.virtualNetwork.id),
    ).toEqual(["/vnet"]);
  });
});
