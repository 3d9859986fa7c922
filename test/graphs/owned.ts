import { overlaps } from "../../components/azure/cidr";
import { reveal } from "../../protocol/properties";
import { at, type Graph, ofKind, ofType, type Planned, textAt } from "./plan";

/** What is an environment's own, by what it is: no other may have any of it. */
export interface Owned {
  /** What Azure makes by a name of its own, not by one within something else. */
  readonly names: readonly string[];
  readonly subscriptions: readonly string[];
  /** Identities made here, and groups and applications of config. */
  readonly principals: readonly string[];
  readonly ranges: readonly string[];
  readonly namespaces: readonly string[];
  /** Every object of a cluster: two environments may share one. */
  readonly objects: readonly string[];
  readonly hosts: readonly string[];
  readonly contexts: readonly string[];
  /** Generated passwords and keys. */
  readonly secrets: readonly string[];
}

// Azure prescribes the names of these zones, and a lock is named within what it locks.
const namedAlike = /:(PrivateZone|ManagementLockByScope)$/;

/** The name of a resource directly in a resource group; one within another resource has that one's name too. */
function ownName({ type, inputs }: Planned): string[] {
  if (!type.startsWith("azure-native:") || namedAlike.test(type)) return [];
  const names = Object.entries(inputs).filter(([key]) => /Name$/.test(key) && key !== "resourceGroupName");
  if (type.endsWith(":ResourceGroup")) return [String(inputs.resourceGroupName)];
  return names.length === 1 ? [String(names[0]?.[1])] : [];
}

const each = (found: readonly Planned[], ...paths: string[]) =>
  found.flatMap((resource) => paths.map((path) => textAt(resource, path))).filter((text) => text !== "");

/** What `graph` has for its own. */
export function owned(graph: Graph): Owned {
  const identities = ofType(graph, "managedidentity:UserAssignedIdentity").map(({ outputs = {} }) => outputs);
  const clusters = ofType(graph, "containerservice:ManagedCluster");
  return {
    names: graph.resources.flatMap(ownName),
    subscriptions: each(ofType(graph, "pulumi:providers:azure-native"), "subscriptionId"),
    principals: [
      ...identities.flatMap(({ clientId, principalId }) => [String(clientId), String(principalId)]),
      ...each(ofType(graph, "dbforpostgresql:AdministratorsMicrosoftEntra"), "objectId"),
      ...clusters.flatMap(({ inputs }) => at(inputs, "aadProfile.adminGroupObjectIDs") as string[]),
      ...applications(graph),
    ],
    ranges: [
      ...each(ofType(graph, "network:VirtualNetwork"), "addressSpace.addressPrefixes.0"),
      ...each(ofType(graph, "network:Subnet"), "addressPrefix"),
    ],
    namespaces: each(ofKind(graph, "Namespace"), "metadata.name"),
    objects: ofKind(graph).map((found) =>
      [found.type, textAt(found, "metadata.namespace"), textAt(found, "metadata.name")].join(" "),
    ),
    hosts: each(ofKind(graph, "Ingress"), "spec.rules.0.host"),
    contexts: each(ofType(graph, "pulumi:providers:kubernetes"), "context"),
    secrets: graph.secrets,
  };
}

/** The applications at which people log in. */
const applications = (graph: Graph) =>
  ofKind(graph, "Deployment").flatMap(
    ({ inputs }) => /--client-id=([^"]+)/.exec(JSON.stringify(inputs))?.slice(1) ?? [],
  );

/** What two environments have in common, or one knows of the other; nothing, as it must be. */
export function shared(one: Graph, other: Graph): string[] {
  const [mine, theirs] = [owned(one), owned(other)];
  const kinds = Object.keys(mine) as (keyof Owned)[];
  return [
    ...kinds.flatMap((kind) => mine[kind].filter((text) => theirs[kind].includes(text))),
    ...mine.ranges.filter((range) => theirs.ranges.some((another) => overlaps(range, another))),
    ...mentions(one, theirs),
    ...mentions(other, mine),
  ];
}

/** The inputs of a graph that hold something of another environment; kinds of objects are alike everywhere. */
function mentions({ resources }: Graph, { objects: _objects, ...rest }: Owned): string[] {
  // A shorter text might stand anywhere by chance.
  const names = Object.values(rest)
    .flat()
    .filter((text: string) => text.length > 7)
    .map((text: string) => JSON.stringify(text).slice(1, -1));
  return resources.flatMap(({ urn, inputs }) => {
    const text = JSON.stringify(reveal(inputs));
    return names.filter((name) => text.includes(name)).map((name) => `${urn} has ${name}`);
  });
}
