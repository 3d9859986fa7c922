import type { AzureSettings, Tier } from "../components/settings";
import type { Refuse } from "./mistakes";

/** Refuses an environment on Azure that its deployer, its people or its own nodes could not reach. */
export function checkReach(tier: Tier, azure: AzureSettings, refuse: Refuse): void {
  if (tier === "production" && azure.deployer.reach !== "vnet")
    refuse(
      "ecluse:azure.deployer.reach",
      "ranges",
      "production has a private API that no public address reaches: set it to vnet and run from the network or its VPN",
    );
  checkClients(azure, refuse);
  checkWayOut(azure, refuse);
}

/** Who is in the network is named, since its rules refuse everybody else. */
function checkClients(
  { network: { clientRanges, existing }, deployer }: AzureSettings,
  refuse: Refuse,
): void {
  const key = "ecluse:azure.network.clientRanges";
  if (existing && clientRanges.length > 0)
    refuse(key, clientRanges, "the rules of your own network are yours to make: remove it");
  if (!existing && deployer.reach === "vnet" && clientRanges.length === 0)
    refuse(
      key,
      [],
      "nobody would reach the API: list the ranges that the VPN's clients, machines in the network and " +
        "the platform's runner come from",
    );
}

/** Nodes reach a public API through their egress; its address is known only for a NAT gateway that is made here. */
function checkWayOut({ network, deployer }: AzureSettings, refuse: Refuse): void {
  const { egress, egressAddresses, existing } = network;
  const key = "ecluse:azure.network.egressAddresses";
  const madeHere = egress === "natGateway" && !existing;
  if (madeHere && egressAddresses.length > 0)
    refuse(key, egressAddresses, "the NAT gateway made here has its own address: remove it");
  if (!madeHere && deployer.reach !== "vnet" && egressAddresses.length === 0)
    refuse(
      key,
      [],
      "no node could join by the public API: list the public addresses that nodes leave by, such as 203.0.113.7/32",
    );
}
