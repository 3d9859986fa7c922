import { prefixLength } from "../components/azure/cidr";
import type { AzureNetworkSettings } from "../components/settings";
import { type Fields, SettingsError } from "./fields";

const RANGE = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)\d{1,3}(\.\d{1,3}){0,2}$/;
const RESOURCE = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+(\/providers\/.+)?$/i;

/** Reads a list of CIDR ranges that may come in, none as wide as everybody; empty when missing. */
export function narrowRanges(fields: Fields, key: string): readonly string[] {
  const ranges = fields.texts(key, RANGE, "a CIDR range", []);
  ranges.forEach((range, index) => {
    if (prefixOf(`${fields.path(key)}[${index}]`, range) < 8)
      throw new SettingsError(
        `${fields.path(key)}[${index}]`,
        range,
        "is as good as everybody: name ranges of at most a /8",
      );
  });
  return ranges;
}

function prefixOf(key: string, range: string): number {
  try {
    return prefixLength(range);
  } catch {
    throw new SettingsError(key, range, "write its first address and its prefix, such as 10.0.0.0/16");
  }
}

/** Reads `ecluse:azure.network`. */
export function networkSettings(fields: Fields): AzureNetworkSettings {
  const addressSpace = fields.matching("addressSpace", RANGE, "a CIDR range such as 10.20.0.0/20");
  prefixOf(fields.path("addressSpace"), addressSpace);
  const firewallAddress = fields.has("firewallAddress")
    ? fields.matching("firewallAddress", PRIVATE, "the firewall's private address")
    : undefined;
  const existing = fields.has("existing") ? existingNetwork(fields.object("existing")) : undefined;
  const settings = {
    addressSpace,
    clientRanges: narrowRanges(fields, "clientRanges"),
    egress: firewallAddress ? { firewallAddress } : ("natGateway" as const),
    egressAddresses: narrowRanges(fields, "egressAddresses"),
    ...(existing && { existing }),
  };
  fields.finish();
  return settings;
}

function existingNetwork(fields: Fields): AzureNetworkSettings["existing"] {
  const id = (key: string) => fields.matching(key, RESOURCE, "the resource's id, /subscriptions/…");
  const ids = {
    virtualNetworkId: id("virtualNetworkId"),
    nodesSubnetId: id("nodesSubnetId"),
    endpointsSubnetId: id("endpointsSubnetId"),
    databaseSubnetId: id("databaseSubnetId"),
    ...(fields.has("apiServerSubnetId") && { apiServerSubnetId: id("apiServerSubnetId") }),
    ...(fields.has("privateDnsResourceGroupId") && {
      privateDnsResourceGroupId: id("privateDnsResourceGroupId"),
    }),
  };
  fields.finish();
  return ids;
}
