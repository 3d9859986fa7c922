import { BlockList, isIPv6 } from "node:net";
import { isObject, UNKNOWN, type Value } from "../../engine/properties";
import { allOf, at, every, given, set } from "../conditions";
import type { Condition, ResourceRule } from "../rule";
import { items, read } from "../values";
import { fail, open, pass } from "../verdict";

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

const notAllAddresses: Condition = ({ value }) => {
  const [cidr, except] = [read(value, "cidr"), items(value, "except")];
  if (cidr === UNKNOWN || !except) return open("the range is not known yet");
  const all = String(cidr).endsWith("/0") && except.length === 0;
  return all ? fail(`${cidr} is every address`) : pass;
};

const noMetadata = given(
  metadata,
  "metadataAddresses",
  (addresses: readonly string[]): Condition =>
    ({ value }) => {
      const [cidr, except] = [read(value, "cidr"), items(value, "except")];
      if (cidr === undefined) return pass;
      if (!except || [cidr, ...except].includes(UNKNOWN)) return open("the range is not known yet");
      const reached = addresses.find(
        (address) => contains(cidr, address) && !except.some((range) => contains(range, address)),
      );
      return reached ? fail(`${cidr} holds ${reached}, the cloud's metadata`) : pass;
    },
);

/** Whether a selector fits everything; undefined where that is not known yet. */
function fitsAll(selector: Value | undefined): boolean | undefined {
  if (!isObject(selector)) return selector === UNKNOWN ? undefined : true;
  const parts = Object.values(selector);
  if (parts.includes(UNKNOWN)) return undefined;
  return parts.every((part) => Object.keys(part as object).length === 0);
}

const notAllPods: Condition = ({ value }) => {
  if (read(value, "ipBlock") !== undefined) return pass;
  const [namespaces, pods] = ["namespaceSelector", "podSelector"].map((key) => read(value, key));
  // Without a selector of namespaces that of pods is of the policy's own.
  if (namespaces === undefined) return pods === undefined ? fail("it names nobody") : pass;
  const all = [fitsAll(namespaces), fitsAll(pods)];
  if (all.includes(false)) return pass;
  return all.includes(undefined)
    ? open("its selectors are not known yet")
    : fail("it is every pod of the cluster");
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
    says: "No policy opens pods to everybody, or to what a cloud tells its nodes alone.",
    remediation:
      "Name the peers of each opening, as components/kubernetes/policy.ts does; ranges of ecluse:cluster.egressRanges must be narrow.",
    differs:
      "Also peers that are every pod of the cluster, and with it of other environments; and every range that holds a metadata address.",
    check: allOf(inward, outward),
  },
];
