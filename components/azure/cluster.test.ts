import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { AzureSettings } from "../settings";
import { clusterArgs } from "./args";
import { Cluster, type ClusterArgs } from "./cluster";
import {
  askedOf,
  fakeMonitoring,
  fakeNetwork,
  logsOf,
  ofType,
  only,
  registeredBy,
  rolesOf,
  scopeOf,
} from "./fixture";

const kubeconfig = "users: [{name: user, user: {token: t0p-secret}}]";

/** What a test changes of an environment and of its cluster's arguments. */
interface Change {
  readonly azure?: Partial<AzureSettings>;
  readonly args?: () => Partial<ClusterArgs>;
}

const networkWithApiServer = () => ({
  ...fakeNetwork(),
  apiServerSubnetId: pulumi.output("/subnets/apiServer"),
});

/** What a cluster registers and asks of Azure; `made` holds the component. */
async function cluster(environment: "dev" | "prod", { azure, args }: Change = {}) {
  let made: Cluster | undefined;
  const calls: pulumi.runtime.MockCallArgs[] = [];
  const program = () => {
    const base = askedOf({ environment });
    const asked = { ...base, azure: { ...base.azure, ...azure } };
    const given = {
      scope: scopeOf(asked),
      network: networkWithApiServer(),
      monitoring: fakeMonitoring(asked),
    };
    const own = { ...given, registryId: "/registry", ...clusterArgs(asked), ...args?.() };
    made = new Cluster("own-cluster", own);
  };
  const all = await registeredBy(program, (call) => {
    calls.push(call);
    return { kubeconfigs: [{ name: "user", value: Buffer.from(kubeconfig).toString("base64") }] };
  });
  const { inputs, ...options } = only(all, "ManagedCluster");
  return { all, calls, inputs, options, made: made as unknown as Cluster };
}

/** Settings of nodes, for tests that change one. */
const { nodes } = askedOf({ environment: "dev" }).azure;

describe("every cluster", () => {
  it.each(["dev", "prod"] as const)(
    "lets in Entra's people only, and no local account: %s",
    async (environment) => {
      const { inputs } = await cluster(environment);
      expect(inputs).toMatchObject({
        disableLocalAccounts: true,
        enableRBAC: true,
        aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: ["admins"] },
        oidcIssuerProfile: { enabled: true },
        identity: { type: "UserAssigned" },
        networkProfile: {
          networkPlugin: "azure",
          networkPluginMode: "overlay",
          networkDataplane: "cilium",
          networkPolicy: "cilium",
          outboundType: "userAssignedNATGateway",
        },
        autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
      });
      expect(inputs.aadProfile.tenantID).toBe("22222222-2222-4222-8222-222222222222");
      expect(inputs.securityProfile.workloadIdentity).toEqual({ enabled: true });
      expect(inputs.addonProfiles.azureKeyvaultSecretsProvider).toEqual({
        enabled: true,
        config: { enableSecretRotation: "true" },
      });
      expect(inputs.apiServerAccessProfile.disableRunCommand).toBe(true);
      expect(inputs.servicePrincipalProfile).toBeUndefined();
    },
  );

  it("gives its identities no more than their subnet, each other and images", async () => {
    const { all } = await cluster("prod");
    const admin = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b";
    expect(rolesOf(all).sort()).toEqual(
      [
        [
          "f1a07417-d97a-45cb-824c-7a7467783830",
          "ServicePrincipal",
          "principal-of-own-cluster-control-plane",
          expect.stringMatching(/UserAssignedIdentity\/own-cluster-kubelet$/),
        ],
        [
          "4d97b98b-1d4f-4787-a291-c67834d212e7",
          "ServicePrincipal",
          "principal-of-own-cluster-control-plane",
          "/subnets/nodes",
        ],
        [
          "7f951dda-4ed3-4680-a7ca-43fe172d538d",
          "ServicePrincipal",
          "principal-of-own-cluster-kubelet",
          "/registry",
        ],
        [admin, "Group", "admins", expect.stringMatching(/ManagedCluster\/own-cluster$/)],
      ].sort(),
    );
  });

  it("keeps its system pool to itself, encrypted on the host and without public addresses", async () => {
    const { inputs, all } = await cluster("prod");
    expect(inputs.agentPoolProfiles).toHaveLength(1);
    for (const pool of [inputs.agentPoolProfiles[0], only(all, "AgentPool").inputs])
      expect(pool).toMatchObject({
        enableEncryptionAtHost: true,
        enableNodePublicIP: false,
        availabilityZones: ["1", "2", "3"],
        vnetSubnetID: "/subnets/nodes",
      });
    expect(inputs.agentPoolProfiles[0]).toMatchObject({
      mode: "System",
      count: 2,
      nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
    });
    expect(only(all, "AgentPool").inputs).toMatchObject({
      minCount: 2,
      maxCount: 3,
      enableAutoScaling: true,
    });
  });

  it("has a GPU pool on request, empty and tainted", async () => {
    const withGpu = { ...nodes, gpuSize: "Standard_NC4as_T4_v3" };
    const { all } = await cluster("dev", { azure: { nodes: withGpu } });
    expect(only(all, "AgentPool", "own-cluster-gpu").inputs).toMatchObject({
      vmSize: "Standard_NC4as_T4_v3",
      minCount: 0,
      maxCount: 1,
      nodeTaints: ["nvidia.com/gpu=present:NoSchedule"],
    });
  });

  it("builds images on request, on nodes of their own that stand empty", async () => {
    const pools = { ...clusterArgs(askedOf({ environment: "dev" })).pools, imageBuilds: true };
    const { all } = await cluster("dev", { args: () => ({ pools }) });
    expect(only(all, "AgentPool", "own-cluster-build").inputs).toMatchObject({
      vmSize: "Standard_D4as_v5",
      minCount: 0,
      maxCount: 2,
      nodeLabels: { "ecluse.local/pool": "build" },
      nodeTaints: ["ecluse.local/pool=build:NoSchedule"],
    });
  });

  it("logs who changed what, and who logged in by Entra", async () => {
    const { all } = await cluster("dev");
    expect(logsOf(all)).toEqual([
      [
        "azure-native:containerservice:ManagedCluster/own-cluster",
        ["kube-audit-admin", "guard", "kube-controller-manager", "cluster-autoscaler"],
      ],
    ]);
  });

  it("gives a secret kubeconfig without a credential, asked for by the cluster's own name", async () => {
    const { made, calls } = await cluster("prod");
    expect(await pulumi.isSecret(made.kubeconfig)).toBe(true);
    const text = await new Promise<string>((resolve) => void made.kubeconfig.apply(resolve));
    expect(parse(text).users[0].user.exec.args).toContain("azurecli");
    expect(text).not.toContain("t0p-secret");
    expect(calls.map(({ token, inputs }) => [token, inputs.resourceName])).toEqual([
      ["azure-native:containerservice:listManagedClusterUserCredentials", "aks-ecluse-prod"],
    ]);
  });
});

class Role extends pulumi.CustomResource {}

const key = { id: "/vault/key", uriWithVersion: "https://keys/cluster/1", vaultId: "/vault" };
const secretsKey = () => ({
  id: pulumi.output(key.id),
  uriWithVersion: pulumi.output(key.uriWithVersion),
  vaultId: pulumi.output(key.vaultId),
});

describe("production", () => {
  it("is private, watched, and closed to changes beside AKS", async () => {
    const { inputs, options } = await cluster("prod");
    expect(inputs.apiServerAccessProfile).toEqual({
      disableRunCommand: true,
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      privateDNSZone: "system",
    });
    expect(inputs.securityProfile.defender).toEqual({
      logAnalyticsWorkspaceResourceId: "/workspace",
      securityMonitoring: { enabled: true },
    });
    expect(inputs.addonProfiles.azurepolicy).toEqual({ enabled: true });
    expect(inputs.nodeResourceGroupProfile).toEqual({ restrictionLevel: "ReadOnly" });
    expect(inputs.sku).toEqual({ name: "Base", tier: "Standard" });
    expect(options.protect).toBe(true);
  });

  it("stays private when the deployer has address ranges", async () => {
    const deployer = { reach: { ranges: ["192.0.2.0/24"] }, login: "azurecli" as const };
    const { inputs } = await cluster("prod", { azure: { deployer } });
    expect(inputs.apiServerAccessProfile.enablePrivateCluster).toBe(true);
    expect(inputs.apiServerAccessProfile.authorizedIPRanges).toBeUndefined();
  });

  it("encrypts Secrets with the vault's key, which the API server reaches inside of the network", async () => {
    const { inputs, options, all } = await cluster("prod", { args: () => ({ secretsKey: secretsKey() }) });
    expect(inputs.securityProfile.azureKeyVaultKms).toEqual({
      enabled: true,
      keyId: key.uriWithVersion,
      keyVaultNetworkAccess: "Private",
      keyVaultResourceId: key.vaultId,
    });
    expect(inputs.apiServerAccessProfile).toMatchObject({
      enableVnetIntegration: true,
      subnetId: "/subnets/apiServer",
    });
    expect(rolesOf(all)).toContainEqual([
      "12338af0-0e69-4776-bea7-57ae8d297424",
      "ServicePrincipal",
      "principal-of-own-cluster-control-plane",
      key.id,
    ]);
    expect(options.dependsOn).toEqual(
      expect.arrayContaining([
        "own-cluster-secrets-key-role",
        "own-cluster-vault-role",
        "own-cluster-api-server-subnet-role",
        "own-cluster-kubelet-role",
      ]),
    );
  });

  it("encrypts disks with a key of its own", async () => {
    const disksKey = () => ({
      uriWithVersion: pulumi.output("https://keys/disks/1"),
      identityId: pulumi.output("/identities/disks"),
      role: new Role("test:index:Role", "disks-role"),
    });
    const { inputs, all } = await cluster("prod", { args: () => ({ disksKey: disksKey() }) });
    expect(inputs.diskEncryptionSetID).toMatch(/DiskEncryptionSet\/own-cluster-disks$/);
    expect(only(all, "DiskEncryptionSet").inputs).toMatchObject({
      encryptionType: "EncryptionAtRestWithCustomerKey",
      activeKey: { keyUrl: "https://keys/disks/1" },
      rotationToLatestKeyVersionEnabled: true,
    });
    expect(only(all, "DiskEncryptionSet").dependsOn).toContain("disks-role");
  });
});

describe("development", () => {
  const deployer = { reach: { ranges: ["192.0.2.0/24"] }, login: "azurecli" as const };

  it("is open to the deployer's and the nodes' addresses alone", async () => {
    const egressAddress = () => ({
      network: { ...fakeNetwork(), egressAddress: pulumi.output("198.51.100.7") },
    });
    const { inputs, options } = await cluster("dev", { azure: { deployer }, args: egressAddress });
    expect(inputs.apiServerAccessProfile).toEqual({
      disableRunCommand: true,
      enablePrivateCluster: false,
      authorizedIPRanges: ["192.0.2.0/24", "198.51.100.7/32"],
    });
    expect(inputs.sku).toEqual({ name: "Base", tier: "Free" });
    expect(options.protect).toBe(false);
  });

  it("is open to the addresses of a way out that is not made here", async () => {
    const network = {
      addressSpace: "10.20.0.0/20",
      clientRanges: [],
      egress: { firewallAddress: "10.0.0.4" },
      egressAddresses: ["203.0.113.7/32"],
    };
    const { inputs } = await cluster("dev", { azure: { deployer, network } });
    expect(inputs.apiServerAccessProfile.authorizedIPRanges).toEqual(["192.0.2.0/24", "203.0.113.7/32"]);
  });

  it("is upgraded a day before production", async () => {
    const day = async (environment: "dev" | "prod") => {
      const { all } = await cluster(environment);
      expect(
        ofType(all, "containerservice:MaintenanceConfiguration").map(({ inputs }) => inputs.configName),
      ).toEqual(["aksManagedNodeOSUpgradeSchedule", "aksManagedAutoUpgradeSchedule"]);
      const { inputs } = only(all, "MaintenanceConfiguration", "own-cluster-node-images");
      return inputs.maintenanceWindow.schedule.weekly.dayOfWeek;
    };
    expect([await day("dev"), await day("prod")]).toEqual(["Saturday", "Sunday"]);
  });

  it.each([
    [
      "no range",
      { deployer: { ...deployer, reach: { ranges: [] } } },
      {},
      "ecluse:azure.deployer.ranges is []",
    ],
    [
      "everybody",
      { deployer: { ...deployer, reach: { ranges: ["0.0.0.0/0"] } } },
      {},
      'ecluse:azure.deployer.ranges is ["0.0.0.0/0"]',
    ],
    ["no nodes", { nodes: { ...nodes, maxUserNodes: 0 } }, {}, "nodes.maxUserNodes is 0: profile frugal"],
    [
      "a key out of reach",
      {},
      { secretsKey: secretsKey(), network: fakeNetwork() },
      "existing.apiServerSubnetId is not set",
    ],
  ])("refuses %s", async (_case, azure, args, message) => {
    await expect(cluster("dev", { azure, args: () => args })).rejects.toThrow(message);
  });
});

describe("pods reach the API server", () => {
  const egress = async (environment: "dev" | "prod", encrypted: boolean, ranges?: readonly string[]) => {
    const deployer = { login: "azurecli", reach: ranges ? { ranges } : "vnet" } as const;
    const args = encrypted ? { args: () => ({ secretsKey: secretsKey() }) } : {};
    return (await cluster(environment, { azure: { deployer }, ...args })).made.apiServer;
  };
  const at = (cidr: string) => [{ to: [{ ipBlock: { cidr } }], ports: [443] }];

  it("in its subnet, where it reaches a private vault", async () => {
    expect(await egress("prod", true, ["192.0.2.0/24"])).toEqual(at("10.20.10.0/24"));
  });

  it("among the nodes, where it has a private endpoint", async () => {
    expect(await egress("dev", false)).toEqual(at("10.20.0.0/21"));
  });

  it("by the settings' ranges, where it is public", async () => {
    expect(await egress("dev", false, ["192.0.2.0/24"])).toEqual([]);
  });
});
