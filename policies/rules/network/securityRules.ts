import { setFrom } from "../../azure";
import { allOf, anyOf, at, every, is, matches, not, some } from "../../conditions";
import type { Condition, ResourceRule } from "../../rule";
import { fail, pass } from "../../verdict";

const securityGroup = "azure-native:network:NetworkSecurityGroup";
const securityRule = "azure-native:network:SecurityRule";
const subnet = "azure-native:network:Subnet";
const network = "azure-native:network:VirtualNetwork";
const openings = "components/azure/subnets.ts";
const subnets = "components/azure/network.ts";

/** Everybody, by a name of Azure's or by a range so wide that it comes to that. */
const anybody = /^(\*|any|internet|0\.0\.0\.0|[0-9a-f.:]+\/[0-7])$/i;
const fromAnybody = anyOf(
  matches("sourceAddressPrefix", anybody),
  some("sourceAddressPrefixes", matches("", anybody)),
);
const letsIn = allOf(matches("access", /^allow$/i), matches("direction", /^inbound$/i));

const administered = [22, 3389, 5432, 5000, 6443, 10250];

/** The port, or range of ports, has one that nobody outside of the network administers by. */
const administrative: Condition = ({ value }) => {
  const [first = "", last = first] = String(value).split("-");
  const within = administered.filter((port) => Number(first) <= port && port <= Number(last));
  return value === "*" || within.length > 0 ? pass : fail("it has no port of administration");
};
const toAdministration = anyOf(
  at("destinationPortRange", administrative),
  some("destinationPortRanges", administrative),
);

/** A condition on every rule of a security group, or on a rule that is a resource of its own. */
const perRule =
  (condition: Condition): Condition =>
  (from, context) =>
    (from.resource.type === securityGroup ? every("securityRules", condition) : condition)(from, context);

const special =
  /^(GatewaySubnet|AzureFirewallSubnet|AzureFirewallManagementSubnet|AzureBastionSubnet|RouteServerSubnet)$/i;

/**
 * A condition on a subnet that is a resource of its own, or on those that a network lists; Azure's own ones are left
 * out.
 */
const perSubnet =
  (condition: Condition): Condition =>
  (from, context) => {
    const listed = from.resource.type === network;
    const judged = anyOf(matches(listed ? "name" : "subnetName", special, "one of Azure's own"), condition);
    return (listed ? every("subnets", judged) : judged)(from, context);
  };

const rulesOf = { scope: "resource", types: [securityGroup, securityRule], severity: "critical" } as const;
const subnetsOf = { scope: "resource", types: [subnet, network] } as const;

/** Rules on who gets into the network, and on its subnets. */
export const networkRules: readonly ResourceRule[] = [
  {
    ...rulesOf,
    id: "NET-01",
    name: "nobody-in-from-everywhere",
    environments: "all",
    description: "No security rule lets everybody in, by whatever port.",
    remediation: `Name the ranges that may come in, in ${openings}.`,
    deviation: "Any port, since a named one is as open; a range wider than a /8 is as good as everybody.",
    check: perRule(not(allOf(letsIn, fromAnybody), "it lets everybody in")),
  },
  {
    ...rulesOf,
    id: "NET-02",
    name: "no-administration-from-outside",
    environments: "all",
    description: "SSH, RDP, PostgreSQL, MLflow, the API server and the kubelet are not open to everybody.",
    remediation: `Leave the port out of ${openings}; reach it from inside of the network or by its VPN.`,
    check: perRule(not(allOf(letsIn, fromAnybody, toAdministration), "it opens administration to everybody")),
  },
  {
    ...subnetsOf,
    id: "NET-03",
    name: "subnets-guarded",
    severity: "high",
    environments: "all",
    description: "Every subnet has a network security group.",
    remediation: `Give the subnet a security group, as ${subnets} does.`,
    check: perSubnet(setFrom("networkSecurityGroup.id", securityGroup)),
  },
  {
    ...subnetsOf,
    id: "NET-04",
    name: "no-default-way-out",
    severity: "medium",
    environments: "all",
    description: "Nothing leaves a subnet by an address that Azure makes up.",
    remediation:
      `Set defaultOutboundAccess to false (${subnets}); the way out is a NAT gateway, or ` +
      "ecluse:azure.network.firewallAddress.",
    check: perSubnet(is("defaultOutboundAccess", false)),
  },
  {
    ...subnetsOf,
    id: "NET-05",
    name: "rules-hold-for-private-endpoints",
    severity: "medium",
    environments: "all",
    description: "Security groups hold for private endpoints too.",
    remediation: `Set privateEndpointNetworkPolicies to Enabled (${subnets}).`,
    deviation: "For every subnet: one without endpoints today may get one tomorrow.",
    check: perSubnet(
      matches("privateEndpointNetworkPolicies", /^(Enabled|NetworkSecurityGroupEnabled)$/i, '"Enabled"'),
    ),
  },
];
