import { UNKNOWN } from "../../../protocol/properties";
import { is } from "../../conditions";
import type { Context } from "../../context";
import { byName, judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { items, read, text } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, open, pass } from "../../verdict";

const endpointType = "azure-native:network:PrivateEndpoint";
const zoneType = "azure-native:privatedns:PrivateZone";
const networkType = "azure-native:network:VirtualNetwork";
const where = "components/azure/dns.ts";
const services = [
  "azure-native:storage:StorageAccount",
  "azure-native:keyvault:Vault",
  "azure-native:containerregistry:Registry",
  "azure-native:dbforpostgresql:Server",
];
const connections = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];

/** Zones of Azure's public cloud, by the sub-resource that an endpoint leads to. */
const zones: Readonly<Record<string, string>> = {
  blob: "privatelink.blob.core.windows.net",
  dfs: "privatelink.dfs.core.windows.net",
  vault: "privatelink.vaultcore.azure.net",
  registry: "privatelink.azurecr.io",
  postgresqlServer: "privatelink.postgres.database.azure.com",
  azuremonitor: "privatelink.monitor.azure.com",
};

const targets = (stack: Stack, endpoint: Resource, to: Resource) =>
  connections.some((list) =>
    (items(endpoint.inputs, list) ?? [UNKNOWN]).some((_connection, index) =>
      stack.refers(endpoint, `${list}.${index}.privateLinkServiceId`, to),
    ),
  );

/** An endpoint that leads nobody knows where, since it does not come from a resource of the stack. */
const vague = (endpoint: Resource) =>
  connections.some((list) =>
    (items(endpoint.inputs, list) ?? [UNKNOWN]).some(
      (connection) =>
        (connection === UNKNOWN || read(connection, "privateLinkServiceId") === UNKNOWN) &&
        !endpoint.propertyDependencies[list]?.length,
    ),
  );

function* reachedPrivately(stack: Stack): Iterable<Finding> {
  const endpoints = stack.of(endpointType);
  for (const service of stack.of(...services)) {
    const delegated = read(service.inputs, "network.delegatedSubnetResourceId") !== undefined;
    const has = delegated || endpoints.some((endpoint) => targets(stack, endpoint, service));
    const none = endpoints.some(vague)
      ? open("where an endpoint leads is not known yet")
      : fail("no private endpoint leads to it");
    yield { urn: service.urn, ...(has ? pass : none) };
  }
}

/** Names of the zones that a group enters an endpoint in; undefined for one that is not known. */
const zonesOf = (stack: Stack, group: Resource): readonly (string | undefined)[] =>
  (items(group.inputs, "privateDnsZoneConfigs") ?? [UNKNOWN]).flatMap((config) => {
    const id = text(config, "privateDnsZoneId");
    if (id !== undefined) return [id.split("/").at(-1)];
    const from = stack.sources(group, "privateDnsZoneConfigs").filter(({ type }) => type === zoneType);
    return from.length > 0 ? from.map(({ inputs }) => text(inputs, "privateZoneName")) : [undefined];
  });

const groupIds = (endpoint: Resource) =>
  connections.flatMap((list) =>
    (items(endpoint.inputs, list) ?? []).flatMap((connection) => items(connection, "groupIds") ?? []),
  );

function ofEndpoint(stack: Stack, endpoint: Resource): Judged {
  const related = (group: Resource) => byName("privateEndpointName")(stack, group, endpoint);
  const groups = stack.of("azure-native:network:PrivateDnsZoneGroup");
  const judgedGroups = groups.map((group) => {
    const names = zonesOf(stack, group);
    const fitting = groupIds(endpoint).map((id) => {
      const wanted = zones[String(id)];
      if (wanted === undefined || names.includes(wanted)) return pass;
      return names.includes(undefined)
        ? open("a zone is not known yet")
        : fail(`its zones are not ${wanted}`);
    });
    return allVerdicts([related(group), ...fitting]);
  });
  return anyVerdict([...judgedGroups, fail("no zone group makes its name lead to it")]);
}

function* resolved(stack: Stack): Iterable<Finding> {
  for (const endpoint of stack.of(endpointType)) yield { urn: endpoint.urn, ...ofEndpoint(stack, endpoint) };
}

function ofLink(stack: Stack, link: Resource, context: Context): Judged {
  const own = stack.of(networkType);
  const id = read(link.inputs, "virtualNetwork.id");
  const linked = own.some((network) => stack.refers(link, "virtualNetwork.id", network));
  const given = text(link.inputs, "virtualNetwork.id")?.toLowerCase();
  const existing = context.environment?.azure?.network.existing?.virtualNetworkId.toLowerCase();
  const network =
    linked || (given !== undefined && given === existing)
      ? pass
      : id === UNKNOWN
        ? open("the network that it is linked to is not known yet")
        : fail("it is linked to another network");
  return allVerdicts([network, judged(is("registrationEnabled", false), link, context)]);
}

function* linkedZones(stack: Stack, context: Context): Iterable<Finding> {
  for (const zone of stack.of(zoneType)) {
    const links = stack
      .of("azure-native:privatedns:VirtualNetworkLink")
      .map((link) =>
        allVerdicts([byName("privateZoneName")(stack, link, zone), ofLink(stack, link, context)]),
      );
    yield { urn: zone.urn, ...anyVerdict([...links, fail("no link makes the network use it")]) };
  }
}

const row = { scope: "stack" } as const;

/** Rules on how managed services are reached. */
export const networkPrivateRules: readonly Rule[] = [
  {
    ...row,
    id: "NET-06",
    name: "managed-services-private",
    severity: "critical",
    environments: "production",
    description:
      "Every store, vault, registry and database is reached by a private endpoint or in a subnet of its own.",
    remediation: `Make an endpoint by privateEndpoint (${where}).`,
    check: reachedPrivately,
  },
  {
    ...row,
    id: "NET-07",
    name: "private-names",
    severity: "high",
    environments: "all",
    description: "The name of every service that has a private endpoint leads to it.",
    remediation: `Let ${where} make the endpoint: it makes the zone group too.`,
    check: resolved,
  },
  {
    ...row,
    id: "NET-08",
    name: "zones-linked",
    severity: "medium",
    environments: "all",
    description: "Private zones are linked to the environment's network, in which machines enter no names.",
    remediation: `Link the zone as ${where} does, with registrationEnabled false.`,
    check: linkedZones,
  },
];
