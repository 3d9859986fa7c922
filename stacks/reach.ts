import type { AzureSettings, EnvironmentSettings } from "../components/settings";
import { SettingsError } from "./fields";

/** Refuses an environment on Azure that its deployer, its people or its own nodes could not reach. Throws SettingsError. */
export function checkReach(settings: EnvironmentSettings, azure: AzureSettings): void {
  checkApi(settings, azure);
  checkClients(azure);
  checkWayOut(azure);
}

function checkApi({ tier }: EnvironmentSettings, { deployer }: AzureSettings): void {
  if (tier === "production" && deployer.reach !== "vnet")
    throw new SettingsError(
      "ecluse:azure.deployer.reach",
      "ranges",
      "production has a private API that no public address reaches: set it to vnet and run from the network or its VPN",
    );
  if (deployer.reach !== "vnet" && deployer.reach.ranges.length === 0)
    throw new SettingsError("ecluse:azure.deployer.ranges", [], "list the addresses that pulumi is run from");
}

/** Who is in the network is named, since its rules refuse everybody else. */
function checkClients({ network: { clientRanges, existing }, deployer }: AzureSettings): void {
  const key = "ecluse:azure.network.clientRanges";
  if (existing && clientRanges.length > 0)
    throw new SettingsError(key, clientRanges, "the rules of your own network are yours to make: remove it");
  if (!existing && deployer.reach === "vnet" && clientRanges.length === 0)
    throw new SettingsError(
      key,
      [],
      "nobody would reach the API: list the ranges that the VPN's clients, machines in the network and the platform's runner come from",
    );
}

/** Nodes come to a public API by their own way out, whose address only a NAT gateway made here tells. */
function checkWayOut({ network, deployer }: AzureSettings): void {
  const { egress, egressAddresses, existing } = network;
  const key = "ecluse:azure.network.egressAddresses";
  const madeHere = egress === "natGateway" && !existing;
  if (madeHere && egressAddresses.length > 0)
    throw new SettingsError(key, egressAddresses, "the NAT gateway made here has its own address: remove it");
  if (!madeHere && deployer.reach !== "vnet" && egressAddresses.length === 0)
    throw new SettingsError(
      key,
      [],
      "no node could join by the public API: list the public addresses that nodes leave by, such as 203.0.113.7/32",
    );
}
