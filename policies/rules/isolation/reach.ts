import { contains, overlaps } from "../../../components/azure/cidr";
import { UNKNOWN, type Value } from "../../../protocol/properties";
import type { Stacks } from "../../notShared";
import type { AcrossRule, Finding } from "../../rule";
import type { Stack } from "../../stack";
import { items, text } from "../../values";
import { allVerdicts, fail, type Judged, open, passOn } from "../../verdict";

const range = /^\d+\.\d+\.\d+\.\d+\/\d+$/;

interface Network {
  readonly stack: string;
  readonly range: string;
}

/** The ranges of a stack's own networks. */
const networksOf = (stack: Stack): readonly Network[] =>
  stack
    .of("azure-native:network:VirtualNetwork")
    .flatMap(({ inputs }) => items(inputs, "addressSpace.addressPrefixes") ?? [])
    .flatMap((prefix) => (range.test(String(prefix)) ? [{ stack: stack.name, range: String(prefix) }] : []));

/** Addresses that pods may open connections to. */
const blocksOf = (policy: Value): readonly Value[] | undefined =>
  items(policy, "spec.egress")
    ?.flatMap((rule) => items(rule, "to") ?? [])
    .filter((peer) => text(peer, "ipBlock.cidr") !== undefined);

function judge(block: Value, others: readonly Network[]): Judged {
  const cidr = text(block, "ipBlock.cidr") ?? "";
  if (!range.test(cidr)) return passOn(() => `${cidr} is of no network of another stack`);
  const spared = (items(block, "ipBlock.except") ?? []).map(String).filter((each) => range.test(each));
  const reached = others.filter(
    (other) => overlaps(cidr, other.range) && !spared.some((each) => contains(each, other.range)),
  );
  const names = reached.map((other) => `${other.range} of ${other.stack}`).join(" and ");
  return reached.length > 0
    ? fail(`${cidr} reaches ${names}`)
    : passOn(() => `${cidr} reaches no other stack`);
}

function* reach(stacks: Stacks): Iterable<Finding> {
  const networks = stacks.flatMap(({ stack }) => networksOf(stack));
  for (const { stack } of stacks) {
    const others = networks.filter((each) => each.stack !== stack.name);
    for (const { urn, inputs } of stack.of("kubernetes:networking.k8s.io/v1:NetworkPolicy")) {
      const blocks = blocksOf(inputs);
      if (!blocks || blocks.includes(UNKNOWN)) yield { urn, ...open("spec.egress is not known yet") };
      else if (blocks.length > 0) yield { urn, ...allVerdicts(blocks.map((block) => judge(block, others))) };
    }
  }
}

/** The rule on where the pods of an environment connect to. */
export const isolationReachRules: readonly AcrossRule[] = [
  {
    id: "ISO-08",
    name: "no-way-to-another-network",
    scope: "across",
    severity: "critical",
    environments: "all",
    description: "No pod of an environment may open connections to the network of another one.",
    remediation:
      "Narrow ecluse:cluster.egressRanges, or those of ecluse:cluster.builds, so that they hold no address of it.",
    deviation: "Networks that the stacks make: what addresses a team's own cluster has is in no plan.",
    check: reach,
  },
];
