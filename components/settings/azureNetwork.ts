import type { z } from "zod";
import { overlaps, prefixLength } from "../azure/cidr";
import { clusterRanges } from "../azure/subnets";
import { distinct, fields, isPrivate, list, matching, narrowRange, publicRange, range } from "./values";

/** Nodes could not distinguish an address of their network, or of a caller, from one of a pod. */
const notTheClusters = (value: string, context: z.RefinementCtx): void => {
  const taken = [clusterRanges.pods, clusterRanges.services].find((other) => overlaps(value, other));
  if (taken)
    context.addIssue({
      code: "custom",
      message: `overlaps ${taken}, the cluster's own for pods or Services: choose another`,
      continue: false,
    });
};

const addressSpace = range("a CIDR range such as 10.20.0.0/20")
  .refine(isPrivate, {
    error: "is not private, and so somebody else's: take one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    abort: true,
  })
  .refine((space) => prefixLength(space) <= 22, {
    error: "is too small to upgrade nodes by surge: give at least a /22",
    abort: true,
  })
  .superRefine(notTheClusters);

const OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const PRIVATE = new RegExp(`^(10\\.${OCTET}|192\\.168|172\\.(1[6-9]|2\\d|3[01]))\\.${OCTET}\\.${OCTET}$`);

const id = () =>
  matching(
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+(\/providers\/.+)?$/i,
    "the resource's id, /subscriptions/…",
  );

/** A network that is there already: ids of what the team's network people made. */
const existing = fields({
  virtualNetworkId: id().describe("resource id; no two environments share one"),
  nodesSubnetId: id().describe("resource id; no two environments share one"),
  endpointsSubnetId: id().describe("resource id; no two environments share one"),
  databaseSubnetId: id().describe("resource id; no two environments share one"),
  apiServerSubnetId: id()
    .optional()
    .describe("subnet delegated to `Microsoft.ContainerService/managedClusters`; production needs it"),
  privateDnsResourceGroupId: id()
    .optional()
    .describe(
      "group that holds the private DNS zones `privatelink.*`, already linked; no two environments share one",
    )
    .meta({ shown: "none: zones are made" }),
}).describe("your own network, by the keys below; then no network is made");

const clientRanges = list(narrowRange().superRefine(notTheClusters), "CIDR ranges")
  .superRefine(distinct)
  .default([])
  .describe(
    "CIDR ranges of those who reach servers, stores, vaults, PostgreSQL and a private API beside the " +
      "nodes: the VPN's clients, subnets of machines and of the platform's runner; none wider than a /8, " +
      "none of another environment's; needed with `reach: vnet`, not taken with `existing`",
  )
  .meta({ shown: "none: nobody" });

const egressAddresses = list(publicRange(), "CIDR ranges")
  .superRefine(distinct)
  .default([])
  .describe(
    "public CIDR ranges that nodes leave by, which a public API lets in; needed with `reach: ranges` and " +
      "`firewallAddress` or `existing`, not taken where a NAT gateway is made",
  )
  .meta({ shown: "none" });

const shape = fields({
  addressSpace: addressSpace.describe(
    "at least a /22; overlaps no other environment's, nor 100.64.0.0/16 and 100.65.0.0/16, which are the cluster's own",
  ),
  clientRanges,
  firewallAddress: matching(PRIVATE, "the firewall's private address")
    .optional()
    .describe("private address of your firewall: nodes leave through it and not by a NAT gateway"),
  egressAddresses,
  existing: existing.optional(),
});

/** Address ranges of an environment, which no other may overlap, or a network that is there already. */
export const azureNetwork = shape.transform(({ firewallAddress, ...network }) => ({
  ...network,
  /** `natGateway`, or the private address of a firewall that the routes lead to. */
  egress: firewallAddress ? { firewallAddress } : ("natGateway" as const),
}));
