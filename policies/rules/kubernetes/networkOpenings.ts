import { BlockList, isIP, isIPv6 } from "node:net";
import { isObject, UNKNOWN, type Value } from "../../../protocol/properties";
import { allOf, at, every, given, set } from "../../conditions";
import type { Condition, ResourceRule } from "../../rule";
import { items, plain, read } from "../../values";
import { fail, open, pass } from "../../verdict";

const metadata = {
  id: "K8S-17",
  parameters: {
    metadataAddresses: {
      type: "array",
      items: { type: "string" },
      description: "Addresses by which a cloud gives its nodes tokens and start-up secrets.",
      default: ["169.254.169.254", "168.63.129.16", "fd00:ec2::254"],
    },
  },
} as const;

function contains(range: Value, address: string): boolean {
  const [first = "", length] = String(range).split("/");
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  const block = new BlockList();
  block.addSubnet(first, Number(length), isIPv6(first) ? "ipv6" : "ipv4");
  return block.check(address, family);
}

/** A range with its length; undefined for what is none. */
function lengthOf(range: Value): number | undefined {
  const [, first = "", length] = /^([^/]*)\/(\d{1,3})$/.exec(String(range)) ?? [];
  const most = isIP(first) === 6 ? 128 : isIP(first) === 4 ? 32 : -1;
  return length !== undefined && Number(length) <= most ? Number(length) : undefined;
}

/** What an organisation has of its own is at most a /8, and fc00::/7. */
const widest = (range: Value) => (String(range).includes(":") ? 7 : 8);

const exceptions = (block: Value | undefined) => items(block, "except")?.map((range) => plain(range) ?? "");

const notAllAddresses: Condition = ({ value }) => {
  if (value === undefined) return pass;
  const [cidr, except] = [read(value, "cidr"), exceptions(value)];
  if (cidr === undefined) return fail("ipBlock has no cidr");
  if (!except || [cidr, ...except].includes(UNKNOWN)) return open("the range is not known yet");
  const wrong = [cidr, ...except].find((range) => lengthOf(range) === undefined);
  if (wrong !== undefined) return fail(`${wrong} is no range of addresses`);
  return (lengthOf(cidr) ?? 0) < widest(cidr) ? fail(`${cidr} is wider than any network of one's own`) : pass;
};

const noMetadata = given(
  metadata,
  "metadataAddresses",
  (addresses: readonly string[]): Condition =>
    ({ value }) => {
      const [cidr, except] = [read(value, "cidr"), exceptions(value)];
      if (cidr === undefined) return pass;
      if (!except || [cidr, ...except].includes(UNKNOWN)) return open("the range is not known yet");
      if ([cidr, ...except].some((range) => lengthOf(range) === undefined)) return pass;
      const reached = addresses.find(
        (address) => contains(cidr, address) && !except.some((range) => contains(range, address)),
      );
      return reached ? fail(`${cidr} holds ${reached}, the cloud's metadata`) : pass;
    },
);

/** Each namespace has its name as a label, so that this fits all of them, or all but a few. */
const ofAnyName = (part: Value) =>
  read(part, "key") === "kubernetes.io/metadata.name" &&
  ["Exists", "NotIn"].includes(String(read(part, "operator")));

/** Whether a selector fits everything; undefined where that is not known yet. */
function fitsAll(selector: Value | undefined): boolean | undefined {
  if (!isObject(selector)) return selector === UNKNOWN ? undefined : true;
  const parts = Object.values(selector).flatMap((part) =>
    Array.isArray(part) ? part : part === UNKNOWN ? [part] : Object.keys(part ?? {}),
  );
  if (parts.includes(UNKNOWN)) return undefined;
  return parts.every(ofAnyName);
}

const notAllPods: Condition = ({ value }) => {
  if (read(value, "ipBlock") !== undefined) return pass;
  const [namespaces, pods] = ["namespaceSelector", "podSelector"].map((key) => read(value, key));
  // Without a selector of namespaces that of pods is of the policy's own.
  if (namespaces === undefined) return pods === undefined ? fail("it names nobody") : pass;
  const all = [fitsAll(namespaces), fitsAll(pods)];
  if (all[0] === false) return pass;
  if (all.includes(undefined)) return open("its selectors are not known yet");
  return fail(
    all[1] ? "it is every pod of the cluster" : "its pods are of any namespace, where anybody sets labels",
  );
};

const peer = allOf(notAllPods, at("ipBlock", notAllAddresses));
const inward = every("spec.ingress", allOf(set("from"), every("from", peer)));
const outward = every("spec.egress", allOf(set("to"), every("to", allOf(peer, at("ipBlock", noMetadata)))));

/** A rule on how wide NetworkPolicies open. */
export const networkOpeningRules: readonly ResourceRule[] = [
  {
    ...metadata,
    name: "openings-are-narrow",
    scope: "resource",
    severity: "high",
    environments: "all",
    types: ["kubernetes:networking.k8s.io/v1:NetworkPolicy"],
    description: "No policy opens pods to everybody, or to the metadata service of a cloud's nodes.",
    remediation:
      "Name the peers of each opening, as components/kubernetes/policy.ts does; ranges of " +
      "ecluse:cluster.egressRanges must be narrow.",
    deviation:
      "Also peers that are every pod of the cluster, or pods by a label in any namespace; and every range " +
      "that holds a metadata address. A range is wide from a /7 on (IPv6: a /6), whatever is excepted " +
      "from it.",
    check: allOf(inward, outward),
  },
];
