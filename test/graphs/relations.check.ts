import { beforeAll, describe, expect, it } from "vitest";
import { at, type Graph, graph, listAt, ofType, textAt, withId } from "./plan";

/** The zones that make a service's name lead to its endpoint, by the endpoint's group. */
const zones: Record<string, readonly string[]> = {
  blob: ["privatelink.blob.core.windows.net"],
  vault: ["privatelink.vaultcore.azure.net"],
  registry: ["privatelink.azurecr.io"],
  postgresqlServer: ["privatelink.postgres.database.azure.com"],
  azuremonitor: [
    "privatelink.agentsvc.azure-automation.net",
    "privatelink.monitor.azure.com",
    "privatelink.ods.opinsights.azure.com",
    "privatelink.oms.opinsights.azure.com",
  ],
};

describe.each(["dev", "prod"])("what belongs together in %s", (stack) => {
  let found: Graph;
  beforeAll(async () => {
    found = await graph(stack);
  }, 240_000);

  it("each private endpoint has the DNS zones of its service", () => {
    const endpoints = ofType(found, "network:PrivateEndpoint");
    const groups = ofType(found, "network:PrivateDnsZoneGroup");
    expect(groups).toHaveLength(endpoints.length);
    expect(endpoints).toHaveLength(stack === "dev" ? 3 : 6);
    for (const endpoint of endpoints) {
      const own = groups.filter(
        (each) => each.inputs.privateEndpointName === endpoint.inputs.privateEndpointName,
      );
      const ids = own.flatMap((each) =>
        listAt(each, "privateDnsZoneConfigs").map((zone) => zone.privateDnsZoneId),
      );
      const names = ids.map((id) => withId(found, id)?.inputs.privateZoneName);
      const [connection] = listAt(endpoint, "privateLinkServiceConnections");
      expect(names.sort(), endpoint.urn).toEqual(zones[String(connection?.groupIds)]);
    }
  });

  it("each zone is linked to the environment's network, which registers nothing in it", () => {
    const [network] = ofType(found, "network:VirtualNetwork");
    const links = ofType(found, "privatedns:VirtualNetworkLink");
    const linked = links.map((each) => textAt(each, "privateZoneName"));
    expect(linked.sort()).toEqual(
      ofType(found, "privatedns:PrivateZone")
        .map((each) => textAt(each, "privateZoneName"))
        .sort(),
    );
    for (const each of links) {
      expect(textAt(each, "virtualNetwork.id")).toBe(network?.id);
      expect(each.inputs.registrationEnabled).toBe(false);
    }
  });

  it("each store, vault, server, and closed registry is reached by an endpoint in the subnet for these", () => {
    const endpoints = ofType(found, "network:PrivateEndpoint");
    const targets = endpoints.flatMap((each) =>
      listAt(each, "privateLinkServiceConnections").map(({ privateLinkServiceId }) => privateLinkServiceId),
    );
    const services = [
      "storage:StorageAccount",
      "keyvault:Vault",
      "dbforpostgresql:Server",
      "containerregistry:Registry",
    ];
    const closed = services
      .flatMap((type) => ofType(found, type))
      .filter(({ inputs }) => inputs.publicNetworkAccess !== "Enabled");
    expect(closed.length).toBeGreaterThan(2);
    for (const { id } of closed) expect(targets).toContain(id);
    const subnets = endpoints.map((each) => withId(found, at(each.inputs, "subnet.id"))?.inputs.subnetName);
    expect(subnets).toEqual(endpoints.map(() => "snet-endpoints"));
  });

  it("each subnet has rules of its own", () => {
    const rules = ofType(found, "network:Subnet").map(({ inputs }) =>
      withId(found, at(inputs, "networkSecurityGroup.id")),
    );
    expect(new Set(rules.map((each) => each?.type))).toEqual(
      new Set(["azure-native:network:NetworkSecurityGroup"]),
    );
    expect(new Set(rules).size).toBe(4);
  });

  it("each thing that logs sends its logs to the environment's workspace", () => {
    const [workspace] = ofType(found, "operationalinsights:Workspace");
    const settings = ofType(found, "monitor:DiagnosticSetting");
    for (const each of settings) {
      expect(each.inputs.workspaceId, each.urn).toBe(workspace?.id);
      const off = listAt(each, "logs").filter(({ enabled }) => enabled !== true);
      expect(off, each.urn).toEqual([]);
    }
    const logged = settings.map((each) =>
      textAt(each, "resourceUri").replace(/\/blobServices\/default$/, ""),
    );
    const types = [
      "storage:StorageAccount",
      "keyvault:Vault",
      "dbforpostgresql:Server",
      "containerregistry:Registry",
      "containerservice:ManagedCluster",
      "network:NetworkSecurityGroup",
    ];
    for (const { id, urn } of types.flatMap((type) => ofType(found, type))) expect(logged, urn).toContain(id);
  });
});
