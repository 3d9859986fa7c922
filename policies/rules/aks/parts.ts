import { isObject } from "../../../protocol/properties";
import { isWord, logs } from "../../azure";
import { allOf, at, is, isNot } from "../../conditions";
import { eachHas } from "../../relations";
import type { Condition, Rule } from "../../rule";
import { read } from "../../values";

const type = "azure-native:containerservice:ManagedCluster";
const where = "components/azure/cluster.ts";
const cluster = { scope: "resource", types: [type] } as const;

/** Judges an add-on; Azure takes its name in any case. */
const addOn =
  (name: string, condition: Condition): Condition =>
  (from, context) => {
    const all = read(from.value, "addonProfiles");
    const names = isObject(all) ? Object.keys(all) : [];
    const written = names.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
    return at(`addonProfiles.${written}`, condition)(from, context);
  };

/** Rules on what the managed cluster is equipped with: network, secrets, watch and logs. */
export const aksPartsRules: readonly Rule[] = [
  {
    ...cluster,
    id: "AKS-08",
    name: "network-policy",
    severity: "high",
    environments: "all",
    description: "The cluster enforces NetworkPolicies.",
    remediation: `Set networkProfile.networkPolicy to cilium in ${where}.`,
    check: isWord("networkProfile.networkPolicy", "azure", "calico", "cilium"),
  },
  {
    ...cluster,
    id: "AKS-09",
    name: "controlled-egress",
    severity: "medium",
    environments: "production",
    description: "What leaves the cluster goes by the network's own gateway or firewall.",
    remediation:
      "Leave ecluse:azure.network.firewallAddress out for a NAT gateway, or set it to a firewall's address.",
    check: isWord("networkProfile.outboundType", "userDefinedRouting", "userAssignedNATGateway", "none"),
  },
  {
    ...cluster,
    id: "AKS-12",
    name: "secrets-encrypted-by-key",
    severity: "medium",
    environments: "production",
    description: "Kubernetes Secrets are encrypted in etcd with a key of the environment's vault.",
    remediation:
      `Give the cluster a secretsKey (components/azure/foundation.ts), which ${where} makes ` +
      "azureKeyVaultKms from.",
    check: is("securityProfile.azureKeyVaultKms.enabled", true),
  },
  {
    ...cluster,
    id: "AKS-13",
    name: "secrets-from-vault",
    severity: "medium",
    environments: "all",
    description: "Pods mount secrets of Key Vault, and a rotated one reaches them.",
    remediation: `Set addonProfiles.azureKeyvaultSecretsProvider with enableSecretRotation "true" in ${where}.`,
    check: addOn(
      "azureKeyvaultSecretsProvider",
      allOf(is("enabled", true), isWord("config.enableSecretRotation", "true")),
    ),
  },
  {
    ...cluster,
    id: "AKS-14",
    name: "defender",
    severity: "high",
    environments: "production",
    description: "Microsoft Defender watches the nodes and the API server.",
    remediation: `Set securityProfile.defender.securityMonitoring.enabled in ${where}.`,
    check: is("securityProfile.defender.securityMonitoring.enabled", true),
  },
  {
    ...cluster,
    id: "AKS-15",
    name: "azure-policy",
    severity: "medium",
    environments: "production",
    description: "Azure Policy sees what runs in the cluster.",
    remediation: `Set addonProfiles.azurepolicy.enabled in ${where}.`,
    check: addOn("azurepolicy", is("enabled", true)),
  },
  {
    ...cluster,
    id: "AKS-17",
    name: "no-public-add-ons",
    severity: "high",
    environments: "all",
    description: "Neither HTTP application routing nor the Kubernetes dashboard is installed.",
    remediation: `Take httpApplicationRouting and kubeDashboard out of addonProfiles in ${where}.`,
    check: allOf(
      addOn("httpApplicationRouting", isNot("enabled", true)),
      addOn("kubeDashboard", isNot("enabled", true)),
    ),
  },
  {
    id: "AKS-21",
    name: "audit-log",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "The API server's audit log and Entra's sign-ins are logged in the workspace.",
    remediation: "Send kube-audit-admin and guard by sendLogs for the cluster (components/azure/cluster.ts).",
    check: eachHas(type, logs(["kube-audit-admin", "kube-audit"]), logs(["guard"])),
  },
];
