import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../errors";
import { within } from "../scope";
import type { AzureNetworkSettings } from "../settings";
import { overlaps } from "./cidr";
import { type EndpointNetwork, type PrivateZone, PrivateZones } from "./dns";
import { type AzureScope, placed } from "./scope";
import { clusterRanges, openings, type SubnetUse, securityRules, subnetRanges } from "./subnets";

/** What a network is made from: address ranges, the way out, or the ids of an existing one. */
export interface NetworkArgs extends Omit<AzureNetworkSettings, "egressAddresses"> {
  readonly scope: AzureScope;
  /** Whether PostgreSQL is put into the database's subnet, which is then its own. */
  readonly databaseDelegated: boolean;
}

/** Ids of a network and of its subnets; an existing network may have none for the API server. */
interface SubnetIds extends Record<Exclude<SubnetUse, "apiServer">, pulumi.Output<string>> {
  readonly virtualNetwork: pulumi.Output<string>;
  readonly apiServer?: pulumi.Output<string>;
  readonly egressAddress?: pulumi.Output<string>;
  readonly securityGroups: Readonly<Record<string, pulumi.Output<string>>>;
}

/** An environment's network: its own, peered with no other, or the one that the team has. */
export class Network extends pulumi.ComponentResource implements EndpointNetwork {
  readonly virtualNetworkId: pulumi.Output<string>;
  readonly nodesSubnetId: pulumi.Output<string>;
  readonly endpointsSubnetId: pulumi.Output<string>;
  readonly databaseSubnetId: pulumi.Output<string>;
  /** Delegated to the cluster's API server; undefined where an existing network has none. */
  readonly apiServerSubnetId?: pulumi.Output<string>;
  /** Public address that nodes come from, where their way out is a NAT gateway made here. */
  readonly egressAddress?: pulumi.Output<string>;
  /** CIDR of each subnet, for NetworkPolicies; of an existing network only the whole address space is known. */
  readonly ranges: Readonly<Record<SubnetUse, string>>;
  /** Ids of the security groups made here, by the subnet that each is of. */
  readonly securityGroups: Readonly<Record<string, pulumi.Output<string>>>;
  private readonly zones: PrivateZones;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:azure:Network", name, {}, opts);
    const { addressSpace, clientRanges, existing } = args;
    const cut = subnetRanges(addressSpace);
    checkClusterRanges("addressSpace", addressSpace);
    for (const range of clientRanges) checkClusterRanges("clientRanges", range);
    const scope = within(args.scope, this);
    const ids = existing ? existingSubnets(existing) : makeSubnets(name, { ...args, scope });
    this.virtualNetworkId = ids.virtualNetwork;
    this.nodesSubnetId = ids.nodes;
    this.endpointsSubnetId = ids.endpoints;
    this.databaseSubnetId = ids.database;
    this.apiServerSubnetId = ids.apiServer;
    this.egressAddress = ids.egressAddress;
    this.securityGroups = ids.securityGroups;
    this.ranges = existing
      ? { nodes: addressSpace, endpoints: addressSpace, database: addressSpace, apiServer: addressSpace }
      : cut;
    const existingGroupId = existing?.privateDnsResourceGroupId;
    const zones = { scope: args.scope, virtualNetworkId: ids.virtualNetwork, existingGroupId };
    this.zones = new PrivateZones(`${name}-zones`, zones, { parent: this });
    this.registerOutputs({
      virtualNetworkId: this.virtualNetworkId,
      nodesSubnetId: this.nodesSubnetId,
      endpointsSubnetId: this.endpointsSubnetId,
      databaseSubnetId: this.databaseSubnetId,
      apiServerSubnetId: this.apiServerSubnetId,
      egressAddress: this.egressAddress,
      securityGroups: this.securityGroups,
    });
  }

  /** Id of the private zone of a service, linked to the network; made on first use. */
  privateZone(zone: PrivateZone): pulumi.Output<string> {
    return this.zones.id(zone);
  }
}

function existingSubnets(existing: NonNullable<NetworkArgs["existing"]>): SubnetIds {
  return {
    virtualNetwork: pulumi.output(existing.virtualNetworkId),
    nodes: pulumi.output(existing.nodesSubnetId),
    endpoints: pulumi.output(existing.endpointsSubnetId),
    database: pulumi.output(existing.databaseSubnetId),
    apiServer: existing.apiServerSubnetId ? pulumi.output(existing.apiServerSubnetId) : undefined,
    securityGroups: {},
  };
}

/** Nodes could not distinguish an address of their network, or of a caller, from one of a pod. */
function checkClusterRanges(key: "addressSpace" | "clientRanges", own: string): void {
  const taken = [clusterRanges.pods, clusterRanges.services].find((range) => overlaps(own, range));
  if (taken)
    throw new InputError(
      `ecluse:azure.network.${key}`,
      own,
      `it overlaps ${taken}, the cluster's own; choose another`,
    );
}

/** Makes a VNet with its subnets, a security group for each, and the nodes' way out. */
function makeSubnets(name: string, args: NetworkArgs): SubnetIds {
  const virtualNetwork = makeVirtualNetwork(name, args);
  const egress = makeEgress(`${name}-egress`, args);
  const securityGroups: Record<string, pulumi.Output<string>> = {};
  let previous: network.Subnet[] = [];
  const make = (use: SubnetUse, extra: Partial<network.SubnetArgs>) => {
    const { id } = makeSecurityGroup(`${name}-${use}-rules`, args, use);
    securityGroups[use] = id;
    const fixed = { virtualNetworkName: virtualNetwork.name, networkSecurityGroup: { id } };
    const inputs = { ...subnetInputs(args, use), ...fixed, ...extra };
    // Azure refuses two writes of subnets of one network at once.
    const options = { ...args.scope.options, dependsOn: previous };
    const subnet = new network.Subnet(`${name}-${use}`, inputs, options);
    previous = [subnet];
    return subnet.id;
  };
  return {
    virtualNetwork: virtualNetwork.id,
    nodes: make("nodes", egress.subnet),
    endpoints: make("endpoints", {}),
    database: make("database", databaseDelegation(args)),
    apiServer: make("apiServer", delegation("Microsoft.ContainerService/managedClusters")),
    egressAddress: egress.address,
    securityGroups,
  };
}

const databaseDelegation = ({ databaseDelegated }: NetworkArgs) =>
  databaseDelegated ? delegation("Microsoft.DBforPostgreSQL/flexibleServers") : {};

const delegation = (serviceName: string) => ({ delegations: [{ name: "service", serviceName }] });

function makeVirtualNetwork(name: string, { scope, addressSpace }: NetworkArgs) {
  return new network.VirtualNetwork(
    name,
    {
      ...placed(scope),
      virtualNetworkName: scope.names.virtualNetwork,
      addressSpace: { addressPrefixes: [addressSpace] },
    },
    // Subnets are resources of their own; the VNet's list of them would fight with these.
    { ...scope.options, ignoreChanges: ["subnets"] },
  );
}

function makeSecurityGroup(name: string, args: NetworkArgs, use: SubnetUse) {
  const { scope } = args;
  return new network.NetworkSecurityGroup(
    name,
    {
      ...placed(scope),
      networkSecurityGroupName: scope.names.securityGroup(use),
      securityRules: securityRules(openings(args)[use]),
    },
    scope.options,
  );
}

function subnetInputs({ scope, addressSpace }: NetworkArgs, use: SubnetUse) {
  return {
    subnetName: scope.names.subnet(use),
    resourceGroupName: scope.resourceGroupName,
    addressPrefix: subnetRanges(addressSpace)[use],
    defaultOutboundAccess: false,
    privateEndpointNetworkPolicies: "Enabled",
  };
}

/** How the nodes' subnet reaches the Internet, and the address it comes from where that is known here. */
interface Egress {
  readonly subnet: Pick<network.SubnetArgs, "natGateway" | "routeTable">;
  readonly address?: pulumi.Output<string>;
}

/** Makes the nodes' way out: one fixed address of their own, or a route to the team's firewall. */
function makeEgress(name: string, { scope, egress }: NetworkArgs): Egress {
  if (egress === "natGateway") return natGateway(name, scope);
  return { subnet: { routeTable: { id: routeTable(name, scope, egress.firewallAddress).id } } };
}

const publicAddress = (name: string, scope: AzureScope) =>
  new network.PublicIPAddress(
    name,
    {
      ...placed(scope),
      publicIpAddressName: scope.names.publicAddress,
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
    },
    scope.options,
  );

function natGateway(name: string, scope: AzureScope): Egress {
  const address = publicAddress(name, scope);
  const gateway = new network.NatGateway(
    name,
    {
      ...placed(scope),
      natGatewayName: scope.names.natGateway,
      sku: { name: "Standard" },
      publicIpAddresses: [{ id: address.id }],
    },
    scope.options,
  );
  return {
    subnet: { natGateway: { id: gateway.id } },
    address: address.ipAddress.apply((known) => known ?? ""),
  };
}

function routeTable(name: string, scope: AzureScope, firewallAddress: string) {
  return new network.RouteTable(
    name,
    {
      ...placed(scope),
      routeTableName: scope.names.routeTable,
      // Routes learnt from a VPN could lead around the firewall.
      disableBgpRoutePropagation: true,
      routes: [
        {
          name: "firewall",
          addressPrefix: "0.0.0.0/0",
          nextHopType: "VirtualAppliance",
          nextHopIpAddress: firewallAddress,
        },
      ],
    },
    scope.options,
  );
}
