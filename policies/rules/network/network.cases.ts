import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";

const networkType = "azure-native:network:VirtualNetwork";
const group = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network";
const opening = (more: Properties): Properties => ({
  access: "Allow",
  direction: "Inbound",
  sourceAddressPrefix: "10.0.0.0/16",
  destinationPortRanges: ["443"],
  ...more,
});
const rules = (...more: Properties[]) => ({ securityRules: more.map(opening) });
const last = (more: Properties): Properties => ({
  name: "deny-all",
  priority: 4096,
  access: "Deny",
  direction: "Inbound",
  protocol: "*",
  sourceAddressPrefix: "*",
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: "*",
  ...more,
});
const rule = (more: Properties): Sketch => ({
  type: "azure-native:network:SecurityRule",
  inputs: opening(more),
});
const network = (more: Properties = {}, name = "it"): Sketch => ({
  type: networkType,
  name,
  id: `${group}/virtualNetworks/${name}`,
  inputs: more,
});

const vaultId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
const vault: Sketch = { type: "azure-native:keyvault:Vault", id: vaultId };
const endpoint = (id: string, groupId = "vault"): Sketch => ({
  type: "azure-native:network:PrivateEndpoint",
  inputs: {
    privateEndpointName: "pep",
    privateLinkServiceConnections: [{ privateLinkServiceId: id, groupIds: [groupId] }],
  },
});
const zoneGroup = (zone: string, of = "pep"): Sketch => ({
  type: "azure-native:network:PrivateDnsZoneGroup",
  inputs: { privateEndpointName: of, privateDnsZoneConfigs: [{ privateDnsZoneId: zone }] },
});
const zoneId = (name: string) => `${group}/privateDnsZones/${name}`;
const zone: Sketch = { type: "azure-native:privatedns:PrivateZone", inputs: { privateZoneName: "z" } };
const link = (more: Properties = {}): Sketch => ({
  type: "azure-native:privatedns:VirtualNetworkLink",
  inputs: {
    privateZoneName: "z",
    virtualNetwork: { id: `${group}/virtualNetworks/it` },
    registrationEnabled: false,
    ...more,
  },
});

const peering = (id: string): Sketch => ({
  type: "azure-native:network:VirtualNetworkPeering",
  inputs: { remoteVirtualNetwork: { id } },
});
const address = (sku: string): Sketch => ({
  type: "azure-native:network:PublicIPAddress",
  id: `${group}/publicIPAddresses/a`,
  inputs: { sku: { name: sku } },
});
const gateway: Sketch = {
  type: "azure-native:network:NatGateway",
  inputs: { publicIpAddresses: [{ id: `${group}/publicIPAddresses/a` }] },
};
const flowLog = (more: Properties = {}): Sketch => ({
  type: "azure-native:network:FlowLog",
  inputs: {
    targetResourceId: `${group}/virtualNetworks/it`,
    enabled: true,
    retentionPolicy: { enabled: true, days: 90 },
    ...more,
  },
});

/** What each rule on the network passes, and what it refuses. */
export const networkCases: Cases = {
  "NET-01": {
    pass: rules({}, { access: "Deny", sourceAddressPrefix: "*" }, { sourceAddressPrefix: "VirtualNetwork" }),
    fail: [
      rules({ sourceAddressPrefix: "*" }),
      rules({ sourceAddressPrefix: "internet" }),
      rules({ access: "allow", direction: "inbound", sourceAddressPrefix: "0.0.0.0/0" }),
      rules({ sourceAddressPrefixes: ["10.0.0.0/8", "128.0.0.0/1"] }),
      rule({ sourceAddressPrefix: "::/0" }),
    ],
    notApplicable: [{ type: networkType, inputs: {} }],
  },
  "NET-02": {
    pass: rules({ destinationPortRange: "22" }, { sourceAddressPrefix: "*", destinationPortRanges: ["443"] }),
    fail: [
      rules({ sourceAddressPrefix: "*", destinationPortRange: "22" }),
      rules({ sourceAddressPrefix: "Internet", destinationPortRanges: ["80", "5000-6000"] }),
      rule({ sourceAddressPrefix: "0.0.0.0/0", destinationPortRange: "*" }),
    ],
  },
  "NET-03": {
    pass: { subnetName: "snet-nodes", networkSecurityGroup: { id: "/nsg" } },
    fail: [
      { subnetName: "snet-nodes" },
      { subnetName: "snet-nodes", networkSecurityGroup: {} },
      { type: networkType, inputs: { subnets: [{ name: "snet-nodes" }] } },
    ],
  },
  "NET-04": {
    pass: { subnetName: "GatewaySubnet", defaultOutboundAccess: false },
    fail: [
      { subnetName: "snet-nodes", defaultOutboundAccess: true },
      { subnetName: "snet-nodes" },
      { type: networkType, inputs: { subnets: [{ name: "snet-nodes" }] } },
    ],
  },
  "NET-05": {
    pass: { subnetName: "snet-endpoints", privateEndpointNetworkPolicies: "enabled" },
    fail: [
      { subnetName: "snet-endpoints", privateEndpointNetworkPolicies: "Disabled" },
      { subnetName: "snet-endpoints", privateEndpointNetworkPolicies: "RouteTableEnabled" },
      { subnetName: "snet-endpoints" },
    ],
  },
  "NET-06": {
    pass: [
      vault,
      endpoint(vaultId),
      {
        type: "azure-native:dbforpostgresql:Server",
        inputs: { network: { delegatedSubnetResourceId: "/subnet" } },
      },
    ],
    fail: [[vault], [vault, endpoint(`${vaultId}-other`)]],
    open: [{ type: "azure-native:keyvault:Vault" }, endpoint(UNKNOWN)],
  },
  "NET-07": {
    pass: [endpoint(vaultId), zoneGroup(zoneId("privatelink.vaultcore.azure.net"))],
    fail: [
      [endpoint(vaultId)],
      [endpoint(vaultId), zoneGroup(zoneId("privatelink.blob.core.windows.net"))],
      [endpoint(vaultId), zoneGroup(zoneId("privatelink.vaultcore.azure.net"), "other")],
    ],
    open: [endpoint(vaultId), zoneGroup(UNKNOWN)],
  },
  "NET-08": {
    pass: [network(), zone, link()],
    fail: [
      [network(), zone],
      [network(), zone, link({ registrationEnabled: true })],
      [network(), zone, link({ virtualNetwork: { id: `${group}/virtualNetworks/other` } })],
      [network(), zone, link({ privateZoneName: "other" })],
    ],
    open: [network(), zone, link({ virtualNetwork: { id: UNKNOWN } })],
  },
  "NET-09": {
    pass: [network({}, "own"), peering(`${group}/virtualNetworks/own`)],
    fail: [
      [peering(`${group}/virtualNetworks/vnet-ecluse-dev`)],
      [network({ virtualNetworkPeerings: [{ remoteVirtualNetwork: { id: "/other" } }] })],
    ],
    open: [peering(UNKNOWN)],
    alsoOpen: [[network({ virtualNetworkPeerings: UNKNOWN })]],
    notApplicable: [network()],
  },
  "NET-10": {
    pass: [address("Standard"), gateway],
    fail: [[address("Basic"), gateway], [address("Standard")]],
    open: [address(UNKNOWN), gateway],
  },
  "NET-11": {
    pass: [network(), flowLog()],
    fail: [
      [network(), flowLog({ enabled: false })],
      [network(), flowLog({ retentionPolicy: { enabled: true, days: 30 } })],
      [network(), flowLog({ targetResourceId: "/other" })],
    ],
    open: [network(), flowLog({ retentionPolicy: UNKNOWN })],
    notApplicable: [network()],
  },
  "NET-12": {
    pass: rules({}, last({})),
    fail: [
      rules({}),
      { securityRules: [] },
      rules({}, last({ access: "Allow" })),
      rules({}, last({ sourceAddressPrefix: "10.0.0.0/8" })),
      rules({ priority: 4096 }, last({ priority: 200 })),
    ],
    open: { securityRules: UNKNOWN },
  },
};
