import { UNKNOWN, type Value } from "../../../protocol/properties";
import type { Condition, ResourceRule } from "../../rule";
import { items, read, text } from "../../values";
import { fail, open, passOn } from "../../verdict";

const any = [
  "protocol",
  "sourceAddressPrefix",
  "sourcePortRange",
  "destinationAddressPrefix",
  "destinationPortRange",
];
const isWord = (rule: Value, path: string, word: string) => text(rule, path)?.toLowerCase() === word;

/** A rule that refuses whatever comes in. */
const refusesAll = (rule: Value) =>
  isWord(rule, "direction", "inbound") &&
  isWord(rule, "access", "deny") &&
  any.every((path) => read(rule, path) === "*");

/** The security group's last word, by priority, refuses all that no rule before it lets in. */
const endsInDeny: Condition = ({ value }) => {
  const rules = items(value, "securityRules");
  if (!rules || rules.includes(UNKNOWN)) return open("securityRules is not known yet");
  const order = (rule: Value) => Number(read(rule, "priority") ?? 0);
  const inbound = rules.filter((rule) => !isWord(rule, "direction", "outbound"));
  const last = [...inbound].sort((one, other) => order(other) - order(one))[0];
  return last !== undefined && refusesAll(last)
    ? passOn(() => `${text(last, "name")} refuses the rest`)
    : fail("its last inbound rule does not refuse the rest: Azure's own then lets the whole network in");
};

/** The rule on how a security group ends. */
export const networkLastDenyRules: readonly ResourceRule[] = [
  {
    id: "NET-12",
    name: "denied-at-the-end",
    scope: "resource",
    types: ["azure-native:network:NetworkSecurityGroup"],
    severity: "high",
    environments: "all",
    description: "A security group refuses whatever no rule of it lets in, from its own network too.",
    remediation: "Keep the rule deny-all of priority 4096, which components/azure/subnets.ts adds.",
    check: endsInDeny,
  },
];
