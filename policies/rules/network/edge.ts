import { UNKNOWN } from "../../../protocol/properties";
import { allOf, anyOf, atLeast, is } from "../../conditions";
import type { Context } from "../../context";
import { byId, judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, Rule, RuleText } from "../../rule";
import { Stack } from "../../stack";
import { items, read } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, open, pass } from "../../verdict";

const networkType = "azure-native:network:VirtualNetwork";
const texts = { type: "array", items: { type: "string" } } as const;

const peerings = {
  id: "NET-09",
  parameters: {
    hubs: { ...texts, description: "Ids of hub networks that environments may be peered with.", default: [] },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

/** The network at the other end is one of the stack's own, or a hub. */
function toOwn(stack: Stack, from: Resource, path: string, hubs: readonly string[]): Judged {
  const remote = read(from.inputs, path);
  const own = stack.of(networkType).filter(({ urn }) => urn !== from.urn);
  if (own.some((network) => stack.refers(from, path, network))) return pass;
  if (remote === UNKNOWN) return open(`${path} is not known yet`);
  const hub = hubs.some((id) => id.toLowerCase() === String(remote).toLowerCase());
  return hub ? pass : fail(`${path} is ${remote}, which is neither the environment's own nor a hub`);
}

function* unpeered(stack: Stack, context: Context): Iterable<Finding> {
  const hubs = context.parameter<readonly string[]>(peerings, "hubs");
  for (const peering of stack.of("azure-native:network:VirtualNetworkPeering"))
    yield { urn: peering.urn, ...toOwn(stack, peering, "remoteVirtualNetwork.id", hubs) };
  for (const network of stack.of(networkType)) {
    const ways = items(network.inputs, "virtualNetworkPeerings")?.map((_way, index) =>
      toOwn(stack, network, `virtualNetworkPeerings.${index}.remoteVirtualNetwork.id`, hubs),
    ) ?? [open("virtualNetworkPeerings is not known yet")];
    if (ways.length > 0) yield { urn: network.urn, ...allVerdicts(ways) };
  }
}

const addresses = {
  id: "NET-10",
  parameters: {
    users: {
      ...texts,
      description: "Types of resources that may have a public address.",
      default: ["azure-native:network:NatGateway"],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

/** The resource has the address, by its id or because a property came from it. */
function uses(user: Resource, { id, urn }: Resource): boolean {
  const named =
    id !== undefined && Stack.texts(user.inputs).some(([, text]) => text.toLowerCase() === id.toLowerCase());
  return named || Object.values(user.propertyDependencies).some((urns) => urns.includes(urn));
}

function* publicAddresses(stack: Stack, context: Context): Iterable<Finding> {
  const types = context.parameter<readonly string[]>(addresses, "users");
  const sku = is("sku.name", "Standard", "StandardV2");
  for (const address of stack.of("azure-native:network:PublicIPAddress")) {
    const used = stack.of(...types).some((user) => uses(user, address));
    const use = used ? pass : fail(`no ${types.map((type) => type.replace(/.*:/, "")).join(" or ")} uses it`);
    yield { urn: address.urn, ...allVerdicts([judged(sku, address, context), use]) };
  }
}

const flowLogs = {
  id: "NET-11",
  parameters: {
    days: { type: "number", description: "How long flow logs are kept.", default: 90 },
    keeper: {
      type: "string",
      description: "`subscription`: flow logs are kept outside of this program; `stack`: they must be in it.",
      default: "subscription",
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

function* logged(stack: Stack, context: Context): Iterable<Finding> {
  const days = context.parameter<number>(flowLogs, "days");
  const forever = is("retentionPolicy.days", 0);
  const retention = anyOf(
    forever,
    allOf(is("retentionPolicy.enabled", true), atLeast("retentionPolicy.days", days)),
  );
  for (const network of stack.of(networkType)) {
    const found = stack
      .of("azure-native:network:FlowLog")
      .map((log) =>
        allVerdicts([
          byId("targetResourceId")(stack, log, network),
          judged(allOf(is("enabled", true), retention), log, context),
        ]),
      );
    if (found.length === 0 && context.parameter(flowLogs, "keeper") === "subscription") continue;
    yield { urn: network.urn, ...anyVerdict([...found, fail("no flow log is kept of it")]) };
  }
}

/** Rules on what leads out of an environment's network. */
export const networkEdgeRules: readonly Rule[] = [
  {
    ...peerings,
    name: "no-peering-between-environments",
    scope: "stack",
    severity: "critical",
    environments: "all",
    description: "The network is peered with the environment's own ones and with listed hubs only.",
    remediation:
      "Remove the peering; list a hub that routes nothing between environments in policies/config.json.",
    deviation: "A stack does not know every other environment: what is not known to be safe fails.",
    check: unpeered,
  },
  {
    ...addresses,
    name: "public-addresses-for-egress",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "Only the way out has a public address, of the SKU that is closed by default.",
    remediation:
      "Put an internal load balancer before the service, or list what uses the address in policies/config.json.",
    deviation: "What uses an address decides, not its name.",
    check: publicAddresses,
  },
  {
    ...flowLogs,
    name: "flows-logged",
    scope: "stack",
    severity: "low",
    environments: "production",
    description: "A flow log of the network is kept.",
    remediation: "Make a FlowLog of the network in its region's Network Watcher, which the subscription has.",
    deviation:
      "Judged where this program makes a flow log, or is to by the parameter `keeper`: a region has one " +
      "Network Watcher for the whole subscription, whose owner keeps flow logs, and an environment has " +
      "no right outside of its group. A retention of 0 days passes: Azure then keeps the log for ever.",
    check: logged,
  },
];
