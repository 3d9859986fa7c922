import { isWord, narrow } from "../../azure";
import { allOf, anyOf, every, is, isNot, not, set, settledBy, unset } from "../../conditions";
import type { Rule } from "../../rule";

const where = "components/azure/cluster.ts";
const isPrivate = is("apiServerAccessProfile.enablePrivateCluster", true);
const cluster = {
  scope: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
} as const;

/** Rules on the managed cluster: who reaches it, and with which identity. */
export const aksRules: readonly Rule[] = [
  {
    ...cluster,
    id: "AKS-01",
    name: "local-accounts-off",
    severity: "critical",
    environments: "all",
    description: "Nobody reaches the cluster by a certificate that no directory knows of.",
    remediation: `Set disableLocalAccounts in ${where}.`,
    check: is("disableLocalAccounts", true),
  },
  {
    ...cluster,
    id: "AKS-02",
    name: "entra-and-azure-rbac",
    severity: "high",
    environments: "all",
    description: "Entra logs in to the cluster, Azure's roles decide, and a group of people administers it.",
    remediation:
      `Set aadProfile.managed, aadProfile.enableAzureRBAC and enableRBAC in ${where}, and name the group ` +
      "in ecluse:azure.groups.clusterAdmins.",
    check: allOf(
      is("aadProfile.managed", true),
      is("aadProfile.enableAzureRBAC", true),
      isNot("enableRBAC", false),
      set("aadProfile.adminGroupObjectIDs"),
    ),
  },
  {
    ...cluster,
    id: "AKS-03",
    name: "workload-identity",
    severity: "high",
    environments: "all",
    description: "Pods show tokens of their own ServiceAccounts to Azure, and no longer those of the nodes.",
    remediation:
      `Set oidcIssuerProfile.enabled and securityProfile.workloadIdentity.enabled in ${where}, and leave ` +
      "podIdentityProfile out.",
    check: allOf(
      is("oidcIssuerProfile.enabled", true),
      is("securityProfile.workloadIdentity.enabled", true),
      isNot("podIdentityProfile.enabled", true),
    ),
  },
  {
    ...cluster,
    id: "AKS-04",
    name: "managed-identity",
    severity: "high",
    environments: "all",
    description: "The control plane has a managed identity, and no password of a service principal.",
    remediation: `Give identity.type UserAssigned in ${where}, and leave servicePrincipalProfile out.`,
    check: allOf(
      isWord("identity.type", "UserAssigned", "SystemAssigned"),
      anyOf(unset("servicePrincipalProfile"), isWord("servicePrincipalProfile.clientId", "msi")),
    ),
  },
  {
    ...cluster,
    id: "AKS-05",
    name: "private-api",
    severity: "critical",
    environments: "production",
    description: "The API server has no address outside of the network.",
    remediation: "Set ecluse:azure.deployer.reach to vnet, and deploy from inside of the network.",
    check: allOf(isPrivate, is("apiServerAccessProfile.enablePrivateClusterPublicFQDN", false)),
  },
  {
    ...cluster,
    id: "AKS-06",
    name: "api-not-open-to-all",
    severity: "high",
    environments: "all",
    description: "A public API server answers named address ranges only.",
    remediation: "List your ranges in ecluse:azure.deployer.ranges, or set its reach to vnet.",
    deviation: "Ranges wider than a /8 are refused too: two of 0.0.0.0/1 are as good as 0.0.0.0/0.",
    when: not(isPrivate, "the API is private"),
    check: allOf(
      set("apiServerAccessProfile.authorizedIPRanges"),
      // What a preview does not know is the gateway's own address.
      settledBy(
        every("apiServerAccessProfile.authorizedIPRanges", narrow("")),
        "apiServerAccessProfile",
        "azure-native:network:PublicIPAddress",
      ),
    ),
  },
  {
    ...cluster,
    id: "AKS-07",
    name: "no-run-command",
    severity: "medium",
    environments: "production",
    description: "Nobody runs commands in the cluster past its API, through Azure's.",
    remediation: "Set disableRunCommand in components/azure/cluster.ts.",
    check: is("apiServerAccessProfile.disableRunCommand", true),
  },
];
