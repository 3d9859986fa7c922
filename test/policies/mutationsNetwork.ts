import type { Mutation } from "./mutation";
import { azure, broken, elsewhere, logsOf } from "./place";

const rules = azure("network:NetworkSecurityGroup", "network-nodes-rules");
const ingress = "securityRules.allow-ingress";
const subnet = azure("network:Subnet", "network-nodes");
const ofEndpoints = azure("network:Subnet", "network-endpoints");
const network = azure("network:VirtualNetwork");
const endpoint = (name: string) => azure("network:PrivateEndpoint", `${name}-endpoint`);
const names = (name: string) => azure("network:PrivateDnsZoneGroup", `${name}-names`);
const link = azure("privatedns:VirtualNetworkLink", "network-zones-privatelink.vaultcore.azure.net-link");
const address = azure("network:PublicIPAddress");

const opening = (port: string) => ({
  access: "Allow",
  direction: "Inbound",
  protocol: "Tcp",
  destinationPortRange: port,
  priority: 90,
});
const rule = { ...azure("network:SecurityRule", "debug"), add: true } as const;
const peering = { ...azure("network:VirtualNetworkPeering", "to-dev"), rule: "NET-09", add: true } as const;

const flowLog = { ...azure("network:FlowLog"), rule: "NET-11", add: true } as const;
const targetResourceId =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-ecluse-prod/providers/Microsoft.Network/virtualNetworks/vnet-ecluse-prod";

const networkRows: (Mutation | Mutation[])[] = [
  broken(rules, "NET-01", { [`${ingress}.sourceAddressPrefix`]: "Internet" }),
  broken({ ...rules, stack: "dev" }, "NET-01", { [`${ingress}.sourceAddressPrefix`]: "*" }),
  { ...rule, rule: "NET-01", set: { ...opening("443"), sourceAddressPrefix: "0.0.0.0/0" } },
  {
    ...rule,
    rule: "NET-01",
    set: { ...opening("443"), sourceAddressPrefixes: ["0.0.0.0/1", "128.0.0.0/1"] },
  },
  broken(rules, "NET-02", { "securityRules.ssh": { ...opening("22"), sourceAddressPrefix: "*" } }),
  { ...rule, rule: "NET-02", set: { ...opening("3000-6000"), sourceAddressPrefix: "Internet" } },
  broken(subnet, "NET-03", { networkSecurityGroup: undefined }),
  broken(network, "NET-03", { subnets: [{ name: "scratch", addressPrefix: "10.21.15.0/24" }] }),
  broken(subnet, "NET-04", { defaultOutboundAccess: true }, { defaultOutboundAccess: undefined }),
  broken(ofEndpoints, "NET-05", { privateEndpointNetworkPolicies: "Disabled" }),
  broken(ofEndpoints, "NET-05", { privateEndpointNetworkPolicies: "RouteTableEnabled" }),
  { ...endpoint("store"), rule: "NET-06", drop: true },
  { ...endpoint("database"), rule: "NET-06", drop: true },
  broken(endpoint("registry"), "NET-06", {
    "privateLinkServiceConnections.0.privateLinkServiceId": elsewhere,
  }),
  { ...names("vault"), rule: "NET-07", drop: true },
  { ...names("database"), stack: "dev", rule: "NET-07", drop: true },
  broken(names("store"), "NET-07", {
    "privateDnsZoneConfigs.0.privateDnsZoneId": `${elsewhere}/privatelink.dfs.core.windows.net`,
  }),
  { ...link, rule: "NET-08", drop: true },
  broken(link, "NET-08", { registrationEnabled: true }, { "virtualNetwork.id": elsewhere }),
  broken(network, "NET-09", { virtualNetworkPeerings: [{ remoteVirtualNetwork: { id: elsewhere } }] }),
  { ...peering, set: { virtualNetworkName: "vnet-ecluse-prod", "remoteVirtualNetwork.id": elsewhere } },
  broken(address, "NET-10", { "sku.name": "Basic" }),
  { ...address, name: "ingress", rule: "NET-10", add: true, set: { "sku.name": "Standard" } },
  { ...flowLog, set: { targetResourceId, enabled: true, retentionPolicy: { enabled: true, days: 7 } } },
  { ...flowLog, set: { targetResourceId, enabled: false, retentionPolicy: { enabled: true, days: 365 } } },
];

const workspace = azure("operationalinsights:Workspace");
const actionGroup = azure("monitor:ActionGroup");
const alert = azure("monitor:MetricAlert", "database-database-storage");

const logRows: (Mutation | Mutation[])[] = [
  broken(workspace, "LOG-01", { retentionInDays: 90 }, { retentionInDays: undefined }),
  broken({ ...workspace, stack: "dev" }, "LOG-01", { retentionInDays: 30 }),
  broken(workspace, "LOG-02", { "features.disableLocalAuth": false }, { features: undefined }),
  broken(workspace, "LOG-03", { publicNetworkAccessForIngestion: "Enabled" }),
  broken(workspace, "LOG-03", { publicNetworkAccessForQuery: undefined }),
  { ...logsOf("monitoring-network-nodes"), rule: "LOG-04", drop: true },
  { ...logsOf("cluster"), stack: "dev", rule: "LOG-04", drop: true },
  broken(logsOf("registry"), "LOG-04", { logs: [] }, { workspaceId: undefined }, { resourceUri: elsewhere }),
  broken(actionGroup, "LOG-05", { emailReceivers: [] }, { enabled: false }),
  broken(alert, "LOG-05", { enabled: false }, { actions: [] }, { "actions.0.actionGroupId": elsewhere }),
  { ...actionGroup, rule: "LOG-05", drop: true },
  { ...azure("monitor:MetricAlert"), rule: "LOG-05", drop: true },
];

/** Networks and logs, broken as people break them. */
export const networkMutations: readonly Mutation[] = [...networkRows, ...logRows].flat();
