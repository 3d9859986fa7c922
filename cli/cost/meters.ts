import type { ResourceState } from "../../local/engine/document";
import { type Properties, reveal, UNKNOWN, type Value } from "../../protocol/properties";

/** What a provider counts: a price is of one unit of it. */
export interface Metered {
  /** Name of the meter in the price table, such as `azure/vm`. */
  readonly meter: string;
  /** Size or tier; empty where there is one alone. */
  readonly sku: string;
  /** Units a month at the least the stack may have; `null` where use decides it, which no plan knows. */
  readonly quantity: number | null;
  /** The same at the most, where load decides. */
  readonly most?: number;
}

/** Hours of a month, as providers count it. */
export const hours = 730;

const text = (value: Value | undefined) => (value === undefined || value === UNKNOWN ? "" : String(value));
const number = (value: Value | undefined, fallback: number) => (typeof value === "number" ? value : fallback);
const object = (value: Value | undefined): Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
const list = (value: Value | undefined): Properties[] => (Array.isArray(value) ? value.map(object) : []);

const hourly = (meter: string, sku = "", count = 1): Metered => ({ meter, sku, quantity: count * hours });
const byUse = (meter: string, sku = ""): Metered => ({ meter, sku, quantity: null });

/** Virtual machines of a node pool with a disk each, from its least number of nodes to its most. */
function nodes(pool: Properties): Metered[] {
  const least = number(pool.minCount, number(pool.count, 0));
  const most = number(pool.maxCount, least);
  const machines = { ...hourly("azure/vm", text(pool.vmSize), least), most: most * hours };
  return [machines, { meter: "azure/node-disk", sku: text(pool.osDiskType), quantity: least, most }];
}

function postgresql({ sku, storage, highAvailability }: Properties): Metered[] {
  const servers = text(object(highAvailability).mode).match(/^(ZoneRedundant|SameZone)$/) ? 2 : 1;
  const stored = servers * number(object(storage).storageSizeGB, 0);
  return [
    hourly("azure/postgresql", text(object(sku).name), servers),
    { meter: "azure/postgresql-storage-gb", sku: "", quantity: stored },
    byUse("azure/postgresql-backup-gb"),
  ];
}

const sizes: Readonly<Record<string, number>> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** A quantity of Kubernetes: cores of `250m`, bytes of `2Gi`; of what is no such text, 0. */
export function quantityOf(value: Value | undefined): number {
  const [, digits = "0", unit = ""] = /^([\d.]+)(m|[KMGT]i)?$/.exec(text(value)) ?? [];
  return unit === "m" ? Number(digits) / 1000 : Number(digits) * (sizes[unit] ?? 0);
}

/** Cores, memory and disks that one's own cluster gives up for so many of the same. */
function reserved(requests: Properties, count: number, disk: Value | undefined): Metered[] {
  const gigabytes = (value: Value | undefined) => (quantityOf(value) / 2 ** 30) * count;
  return [
    hourly("cluster/core", "", quantityOf(requests.cpu) * count),
    hourly("cluster/memory-gib", "", gigabytes(requests.memory)),
    { meter: "cluster/disk-gib", sku: "", quantity: gigabytes(disk) },
  ].filter(({ quantity }) => quantity !== 0);
}

function podsOf({ spec }: Properties): Metered[] {
  const { replicas, template } = object(spec);
  const containers = list(object(object(template).spec).containers);
  return containers.flatMap(({ resources }) =>
    reserved(object(object(resources).requests), number(replicas, 1), undefined),
  );
}

function cloudNativePg({ spec }: Properties): Metered[] {
  const { instances, resources, storage } = object(spec);
  return reserved(object(object(resources).requests), number(instances, 1), object(storage).size);
}

/** What each type of resource is billed by. */
const azure: Readonly<Record<string, (inputs: Properties) => Metered[]>> = {
  "azure-native:containerservice:ManagedCluster": ({ sku, agentPoolProfiles }) => [
    hourly("azure/aks", text(object(sku).tier) || "Free"),
    ...list(agentPoolProfiles).flatMap(nodes),
  ],
  "azure-native:containerservice:AgentPool": nodes,
  "azure-native:dbforpostgresql:Server": postgresql,
  "azure-native:containerregistry:Registry": ({ sku }) => [
    { meter: "azure/registry-days", sku: text(object(sku).name), quantity: hours / 24 },
  ],
  "azure-native:network:NatGateway": () => [hourly("azure/nat-gateway"), byUse("azure/nat-gateway-gb")],
  "azure-native:network:PublicIPAddress": ({ sku }) => [hourly("azure/public-ip", text(object(sku).name))],
  "azure-native:network:PrivateEndpoint": () => [hourly("azure/private-endpoint")],
  "azure-native:privatedns:PrivateZone": () => [{ meter: "azure/private-dns-zone", sku: "", quantity: 1 }],
  "azure-native:monitor:MetricAlert": () => [{ meter: "azure/metric-alert", sku: "", quantity: 1 }],
  "azure-native:storage:StorageAccount": ({ sku }) => [byUse("azure/blob-gb", text(object(sku).name))],
  "azure-native:operationalinsights:Workspace": () => [byUse("azure/logs-gb")],
  "azure-native:keyvault:Vault": ({ properties }) => [
    byUse("azure/vault-operations", text(object(object(properties).sku).name)),
  ],
  "azure-native:security:Pricing": ({ pricingName }) => [byUse("azure/defender", text(pricingName))],
};

/** The same in a cluster that is not part of the stack: its nodes are paid by somebody. */
const ownCluster: typeof azure = {
  "kubernetes:apps/v1:Deployment": podsOf,
  "kubernetes:apps/v1:StatefulSet": podsOf,
  "kubernetes:postgresql.cnpg.io/v1:Cluster": cloudNativePg,
  "kubernetes:core/v1:PersistentVolumeClaim": ({ spec }) =>
    reserved({}, 1, object(object(object(spec).resources).requests).storage),
};

/** Types of Azure that have no price of their own: rights, settings, and parts of what is billed. */
const free =
  /^azure-native:((authorization|consumption|managedidentity|resources):|compute:DiskEncryptionSet|containerservice:Maint|dbforpostgresql:(Admin|Conf|Data)|keyvault:(Key|Secret)$|monitor:(ActionGroup|Diag|PrivateLink)|network:(Network|PrivateDns|Route|Subnet|Virtual)|privatedns:Virtual|storage:(Blob|Management))/;

/** Whether a type has neither a meter here nor is known to be free: it must not pass for free. */
const isUnknown = (type: string) => type.startsWith("azure-native:") && !azure[type] && !free.test(type);

/** What a resource is billed by; pods on nodes of the same stack are in the nodes' price. */
export function metersOf({ type, inputs }: ResourceState, hasNodes: boolean): Metered[] {
  if (isUnknown(type)) return [byUse(type)];
  const find = azure[type] ?? (hasNodes ? undefined : ownCluster[type]);
  return find?.(reveal(inputs ?? {})) ?? [];
}
