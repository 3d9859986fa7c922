import { UNKNOWN } from "../../../protocol/properties";
import { type Cases, type Sketch, urnOf } from "../../cases";

const cluster = "azure-native:containerservice:ManagedCluster";
const pool = "azure-native:containerservice:AgentPool";
const on = { enabled: true };
const addOn = (name: string, profile: Record<string, boolean | string | Record<string, string>>) => ({
  addonProfiles: { [name]: profile },
});
const aad = { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: ["group"] };
const api = (profile: Sketch["inputs"]) => ({ apiServerAccessProfile: { ...profile } });
const rotation = { enabled: true, config: { enableSecretRotation: "true" } };

const system = { mode: "System", count: 2, enableAutoScaling: false, availabilityZones: ["1", "2"] };
const made = (...agentPoolProfiles: NonNullable<Sketch["inputs"]>[]) => ({ agentPoolProfiles });
const encrypted = { ...made({ enableEncryptionAtHost: true }), diskEncryptionSetID: "/set" };
const sla = { sku: { tier: "Standard" } };
const poolOf = (inputs: Sketch["inputs"]) => ({ type: pool, inputs });

const it: Sketch = { type: cluster, id: "/cluster" };
const logs = (...categories: string[]) => categories.map((category) => ({ category, enabled: true }));
const setting = (inputs: Sketch["inputs"]): Sketch => ({
  type: "azure-native:monitor:DiagnosticSetting",
  inputs: { resourceUri: "/CLUSTER", workspaceId: "/workspace", ...inputs },
});
const audit = logs("kube-audit-admin", "guard");

/** What each rule on the cluster passes, and what it refuses. */
export const aksCases: Cases = {
  "AKS-01": { pass: { disableLocalAccounts: true }, fail: [{ disableLocalAccounts: false }, {}] },
  "AKS-02": {
    pass: { aadProfile: aad, enableRBAC: true },
    fail: [
      { aadProfile: { ...aad, managed: false } },
      { aadProfile: { ...aad, enableAzureRBAC: false } },
      { aadProfile: { ...aad, adminGroupObjectIDs: [] } },
      { aadProfile: aad, enableRBAC: false },
      {},
    ],
  },
  "AKS-03": {
    pass: { oidcIssuerProfile: on, securityProfile: { workloadIdentity: on } },
    fail: [
      { oidcIssuerProfile: on },
      { securityProfile: { workloadIdentity: on } },
      { oidcIssuerProfile: on, securityProfile: { workloadIdentity: on }, podIdentityProfile: on },
    ],
    open: { oidcIssuerProfile: on, securityProfile: UNKNOWN },
  },
  "AKS-04": {
    pass: { identity: { type: "UserAssigned" }, servicePrincipalProfile: { clientId: "msi" } },
    fail: [{ identity: { type: "UserAssigned" }, servicePrincipalProfile: { clientId: "application" } }, {}],
  },
  "AKS-05": {
    pass: api({ enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false }),
    fail: [api({ enablePrivateCluster: true }), api({ enablePrivateClusterPublicFQDN: false }), {}],
  },
  "AKS-06": {
    pass: api({ authorizedIPRanges: ["192.0.2.0/24"] }),
    fail: [
      api({ authorizedIPRanges: ["192.0.2.0/24", "0.0.0.0/0"] }),
      api({ authorizedIPRanges: ["0.0.0.0/1", "128.0.0.0/1"] }),
      api({ authorizedIPRanges: ["0.0.0.0", UNKNOWN] }),
      api({ authorizedIPRanges: [] }),
      {},
    ],
    notApplicable: [api({ enablePrivateCluster: true })],
    open: api({ authorizedIPRanges: ["192.0.2.0/24", UNKNOWN] }),
  },
  "AKS-07": { pass: api({ disableRunCommand: true }), fail: [api({ disableRunCommand: false }), {}] },
  "AKS-08": {
    pass: { networkProfile: { networkPolicy: "Cilium" } },
    fail: [{ networkProfile: { networkPolicy: "none" } }, {}],
  },
  "AKS-09": {
    pass: { networkProfile: { outboundType: "userDefinedRouting" } },
    fail: [{ networkProfile: { outboundType: "loadBalancer" } }, {}],
  },
  "AKS-10": {
    pass: made({ enableNodePublicIP: false }, {}),
    fail: [made({}, { enableNodePublicIP: true }), poolOf({ enableNodePublicIP: true })],
  },
  "AKS-11": {
    pass: encrypted,
    fail: [
      { ...encrypted, ...made({ enableEncryptionAtHost: true }, {}) },
      made({ enableEncryptionAtHost: true }),
      poolOf({ enableEncryptionAtHost: false }),
      poolOf({}),
    ],
    open: { ...encrypted, diskEncryptionSetID: UNKNOWN },
  },
  "AKS-12": {
    pass: { securityProfile: { azureKeyVaultKms: on } },
    fail: [{ securityProfile: { azureKeyVaultKms: { enabled: false } } }, {}],
  },
  "AKS-13": {
    pass: addOn("azureKeyVaultSecretsProvider", rotation),
    fail: [
      addOn("azureKeyvaultSecretsProvider", { ...rotation, enabled: false }),
      addOn("azureKeyvaultSecretsProvider", on),
      {},
    ],
  },
  "AKS-14": {
    pass: { securityProfile: { defender: { securityMonitoring: on } } },
    fail: [{ securityProfile: { defender: { securityMonitoring: { enabled: false } } } }, {}],
  },
  "AKS-15": {
    pass: addOn("azurePolicy", on),
    fail: [addOn("azurepolicy", { enabled: false }), {}],
  },
  "AKS-16": {
    pass: { autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "nodeimage" } },
    fail: [
      { autoUpgradeProfile: { upgradeChannel: "none", nodeOSUpgradeChannel: "NodeImage" } },
      { autoUpgradeProfile: { upgradeChannel: "node-image", nodeOSUpgradeChannel: "NodeImage" } },
      { autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "Unmanaged" } },
      {},
    ],
  },
  "AKS-17": {
    pass: addOn("httpApplicationRouting", { enabled: false }),
    fail: [addOn("httpapplicationrouting", on), addOn("kubeDashboard", on)],
  },
  "AKS-18": {
    pass: { kubernetesVersion: "1.34.2" },
    fail: [{ kubernetesVersion: "1.3" }, { kubernetesVersion: "1.29" }, {}],
  },
  "AKS-19": {
    pass: { ...sla, ...made(system) },
    fail: [
      made(system),
      { sku: { tier: "Free" }, ...made(system) },
      { ...sla, ...made({ ...system, count: 1 }) },
      { ...sla, ...made({ ...system, enableAutoScaling: true, minCount: 1 }) },
      { ...sla, ...made({ ...system, availabilityZones: ["1"] }) },
      poolOf({ mode: "User" }),
    ],
  },
  "AKS-20": {
    pass: { nodeResourceGroupProfile: { restrictionLevel: "ReadOnly" } },
    fail: [{ nodeResourceGroupProfile: { restrictionLevel: "Unrestricted" } }, {}],
  },
  "AKS-21": {
    pass: [it, setting({ logs: audit })],
    fail: [
      [it],
      [it, setting({ logs: logs("kube-audit-admin") })],
      [it, setting({ logs: [{ category: "kube-audit", enabled: false }, ...logs("guard")] })],
      [it, setting({ logs: audit, workspaceId: "" })],
      [it, setting({ logs: audit, resourceUri: "/cluster2" })],
      [
        it,
        {
          ...setting({ logs: audit, resourceUri: UNKNOWN }),
          propertyDependencies: { resourceUri: [urnOf("azure-native:keyvault:Vault")] },
        },
      ],
    ],
    open: [it, setting({ logs: audit, resourceUri: UNKNOWN })],
  },
};
