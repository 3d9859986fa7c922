import { InputError } from "../errors";
import { halves, prefixLength } from "./cidr";

/** What a subnet of an environment is for. */
export type SubnetUse = "nodes" | "endpoints" | "database" | "apiServer";

/**
 * Addresses of pods and Services: of the cluster only, never routed, from the range that RFC 6598 keeps out of
 * companies' networks.
 */
export const clusterRanges = {
  pods: "100.64.0.0/16",
  services: "100.65.0.0/16",
  dns: "100.65.0.10",
} as const;

/**
 * Cuts a VNet's address space: a half for nodes, a quarter for private endpoints, an eighth for PostgreSQL, a sixteenth
 * for the API server; the last sixteenth stays free.
 * @throws InputError when the address space is smaller than a /22, which is too small to upgrade nodes by surge.
 */
export function subnetRanges(addressSpace: string): Readonly<Record<SubnetUse, string>> {
  if (prefixLength(addressSpace) > 22)
    throw new InputError("ecluse:azure.network.addressSpace", addressSpace, "give at least a /22");
  const [nodes, afterNodes] = halves(addressSpace);
  const [endpoints, afterEndpoints] = halves(afterNodes);
  const [database, afterDatabase] = halves(afterEndpoints);
  const [apiServer] = halves(afterDatabase);
  return { nodes, endpoints, database, apiServer };
}

/** One opening of a subnet; everything else that comes in is refused. */
interface Opening {
  readonly name: string;
  /** No range: the opening is left out. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Undefined for all. */
  readonly ports?: readonly string[];
}

/** The VNet's address space, and the ranges of clients outside of it. */
interface Ranges {
  readonly addressSpace: string;
  readonly clientRanges: readonly string[];
}

/** What may come into a subnet, by its use: the environment's own parts, and the clients that its settings name. */
export function openings({
  addressSpace,
  clientRanges: clients,
}: Ranges): Record<SubnetUse, readonly Opening[]> {
  const { nodes, endpoints, database, apiServer } = subnetRanges(addressSpace);
  const cluster = [nodes, clusterRanges.pods];
  return {
    nodes: [
      // Pods of an overlay network meet the rules of the nodes' subnet with their own addresses.
      { name: "cluster", from: cluster, to: cluster },
      { name: "api-server", from: [apiServer], to: cluster },
      // Never by the tag VirtualNetwork, which a route to a firewall widens to every address.
      { name: "ingress", from: [addressSpace, ...clients], to: [nodes], ports: ["443"] },
      { name: "load-balancer-probes", from: ["AzureLoadBalancer"], to: [nodes] },
    ],
    endpoints: [
      { name: "services", from: [nodes, apiServer, ...clients], to: [endpoints], ports: ["443"] },
      { name: "postgresql", from: [nodes, ...clients], to: [endpoints], ports: ["5432"] },
    ],
    database: [
      { name: "postgresql", from: [nodes, ...clients], to: [database], ports: ["5432"] },
      { name: "replication", from: [database], to: [database] },
    ],
    apiServer: [
      { name: "nodes", from: [nodes], to: [apiServer], ports: ["443", "4443"] },
      { name: "clients", from: clients, to: [apiServer], ports: ["443"] },
      { name: "load-balancer-probes", from: ["AzureLoadBalancer"], to: [apiServer], ports: ["9988"] },
    ],
  };
}

/**
 * The rules of a subnet's NSG: its openings in order, and then a refusal of everything, before Azure's own rule that
 * lets the whole VNet in.
 */
export function securityRules(allowed: readonly Opening[]) {
  const rule = (name: string, priority: number, access: "Allow" | "Deny") => ({
    name,
    priority,
    access,
    direction: "Inbound",
    sourcePortRange: "*",
  });
  const used = allowed.filter(({ from }) => from.length > 0);
  return [
    ...used.map(({ name, from, to, ports }, index) => ({
      ...rule(`allow-${name}`, 100 + 10 * index, "Allow"),
      protocol: ports ? "Tcp" : "*",
      ...addresses("source", from),
      ...addresses("destination", to),
      ...(ports ? { destinationPortRanges: [...ports] } : { destinationPortRange: "*" }),
    })),
    {
      ...rule("deny-all", 4096, "Deny"),
      protocol: "*",
      sourceAddressPrefix: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "*",
    },
  ];
}

/** Azure takes a service tag only in the singular property, and several ranges only in the plural one. */
function addresses(side: "source" | "destination", [first, ...rest]: readonly string[]) {
  return rest.length === 0
    ? { [`${side}AddressPrefix`]: first }
    : { [`${side}AddressPrefixes`]: [first, ...rest] as string[] };
}
