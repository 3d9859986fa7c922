import { overlaps } from "../../../components/azure/cidr";
import { UNKNOWN } from "../../../protocol/properties";
import { notShared, type OwnedKey, type Stacks } from "../../notShared";
import { physicalNames } from "../../physicalNames";
import type { AcrossRule, Finding } from "../../rule";
import { Stack } from "../../stack";
import { items, read } from "../../values";
import { fail, type Judged, open, passOn } from "../../verdict";
import { storesOf, storeTypes } from "../cloudnativepg/stores";

type Subject = Stacks[number];

const networkType = "azure-native:network:VirtualNetwork";
const bucket = /\bs3:\/\/[^\s?]+\?endpoint=[^&\s]+/;

/** The first of a stack's resources that holds each key. */
function first(holdings: Iterable<OwnedKey>): readonly OwnedKey[] {
  const found = new Map<string | undefined, OwnedKey>();
  for (const holding of holdings) if (!found.has(holding.key)) found.set(holding.key, holding);
  return [...found.values()];
}

/** The buckets of PostgreSQL's backups, in the form that other URLs of buckets have. */
function* backupsOf({ stack }: Subject): Iterable<OwnedKey> {
  for (const resource of stack.of(...storeTypes))
    for (const store of storesOf(resource)) {
      const [path, endpoint] = [read(store, "destinationPath"), read(store, "endpointURL")];
      const known = store !== UNKNOWN && path !== UNKNOWN && endpoint !== UNKNOWN;
      const where = endpoint === undefined ? "" : `?endpoint=${encodeURIComponent(String(endpoint))}`;
      const key = known ? String(path).replace(/^(s3:\/\/[^/]+).*/, `$1${where}`) : undefined;
      yield { urn: resource.urn, key };
    }
}

function* namesOf(subject: Subject): Iterable<OwnedKey> {
  const { stack } = subject;
  yield* backupsOf(subject);
  for (const { urn, name } of physicalNames(stack)) yield { urn, key: name };
  for (const { urn, inputs } of stack.resources)
    for (const [, text] of Stack.texts(inputs)) {
      const store = bucket.exec(text)?.[0];
      if (store) yield { urn, key: store };
    }
}

/** Networks by id, of the stack and of others that it names. */
function* networksOf({ stack }: Subject): Iterable<OwnedKey> {
  for (const { urn, id } of stack.of(networkType)) yield { urn, key: id?.toLowerCase() ?? urn };
  for (const { urn, inputs } of stack.resources)
    for (const [, text] of Stack.texts(inputs)) {
      const network = /^\/subscriptions\/.*\/virtualNetworks\/[^/]+/i.exec(text)?.[0];
      if (network) yield { urn, key: network.toLowerCase() };
    }
}

interface Range {
  readonly urn: string;
  readonly stack: string;
  readonly cidr: string | undefined;
}

/** The ranges of a stack's network, or those that its file says of a network that was there. */
function rangesOf({ stack, context }: Subject): readonly Range[] {
  const made = stack.of(networkType).flatMap(({ urn, inputs }) =>
    (items(inputs, "addressSpace.addressPrefixes") ?? [UNKNOWN]).map((cidr) => ({
      urn,
      cidr: String(cidr),
    })),
  );
  const given = context.environment?.azure?.network;
  const existing = given?.existing ? [{ urn: stack.urn, cidr: given.addressSpace }] : [];
  return [...made, ...existing].map(({ urn, cidr }) => ({
    urn,
    stack: stack.name,
    cidr: cidr === UNKNOWN ? undefined : cidr,
  }));
}

const isIpv4 = (cidr: string) => /^[\d.]+\/\d+$/.test(cidr);
const meet = (one: string, other: string) =>
  isIpv4(one) && isIpv4(other) ? overlaps(one, other) : one === other;

function judgeRange({ stack, cidr }: Range, all: readonly Range[]): Judged {
  const others = all.filter((each) => each.stack !== stack);
  if (cidr === undefined) return open("the address range is not known yet");
  const met = others.find((other) => other.cidr !== undefined && meet(cidr, other.cidr));
  if (met) return fail(`${cidr} meets ${met.cidr} of ${met.stack}`);
  return others.some((other) => other.cidr === undefined)
    ? open("another's address range is not known yet")
    : passOn(() => `${cidr} meets no other range`);
}

function* disjoint(stacks: Stacks): Iterable<Finding> {
  const all = stacks.flatMap(rangesOf);
  for (const range of all) yield { urn: range.urn, ...judgeRange(range, all) };
}

const row = { scope: "across", environments: "all" } as const;

/** Rules on names and addresses: no two environments have the same. */
export const isolationNamesRules: readonly AcrossRule[] = [
  {
    ...row,
    id: "ISO-02",
    name: "network-of-one-environment",
    severity: "critical",
    description: "No network is used by two environments, or named by another.",
    remediation: "Give each stack a network of its own in ecluse:azure.network.existing, or let it make one.",
    check: (stacks) => notShared(stacks, (subject) => first(networksOf(subject)), "network"),
  },
  {
    ...row,
    id: "ISO-03",
    name: "address-ranges-disjoint",
    severity: "high",
    description:
      "The networks of environments have no address in common, so that none can be taken for another's.",
    remediation: "Set ecluse:azure.network.addressSpace to a range of its own.",
    check: disjoint,
  },
  {
    ...row,
    id: "ISO-04",
    name: "names-of-one-environment",
    severity: "high",
    description: "No resource, host or bucket of one environment has the name of another's.",
    remediation:
      "Names come from ecluse:environment, azure.instance, cluster.domain and " +
      "kubernetes.objectStore.prefix: change one.",
    check: (stacks) => notShared(stacks, (subject) => first(namesOf(subject)), "the name"),
  },
];
