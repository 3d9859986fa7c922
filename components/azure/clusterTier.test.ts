import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { apiServerEgress } from "./clusterApi";
import { cluster, nodes, roles } from "./clusterFixture";
import { contextOf, fakeNetwork } from "./rolesFixture";
import { only } from "./rolesRecorder";

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
      logAnalyticsWorkspaceResourceId: expect.stringMatching(/Workspace\/monitoring$/),
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
    expect(roles(all)).toContainEqual([
      "12338af0-0e69-4776-bea7-57ae8d297424",
      "ServicePrincipal",
      "principal-of-cluster-identity",
      key.id,
    ]);
    expect(options.dependsOn).toEqual(
      expect.arrayContaining([
        "cluster-secrets-key-role",
        "cluster-vault-role",
        "cluster-api-server-subnet-role",
        "cluster-kubelet-role",
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
    expect(inputs.diskEncryptionSetID).toMatch(/DiskEncryptionSet\/cluster-disks$/);
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
      const { inputs } = only(all, "MaintenanceConfiguration", "aksManagedNodeOSUpgradeSchedule");
      return inputs.maintenanceWindow.schedule.weekly.dayOfWeek;
    };
    expect([await day("dev"), await day("prod")]).toEqual(["Saturday", "Sunday"]);
  });

  it.each([
    ["no range", { deployer: { ...deployer, reach: { ranges: [] } } }, {}, "deployer.reach.ranges is []"],
    [
      "everybody",
      { deployer: { ...deployer, reach: { ranges: ["0.0.0.0/0"] } } },
      {},
      'reach.ranges is ["0.0.0.0/0"]',
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
  const egress = (environment: "dev" | "prod", encrypted: boolean, ranges?: readonly string[]) => {
    const context = contextOf({ environment });
    const deployer = { ...context.azure.deployer, ...(ranges && { reach: { ranges } }) };
    return apiServerEgress({ ...context, azure: { ...context.azure, deployer } }, fakeNetwork(), encrypted);
  };
  const at = (cidr: string) => [{ to: [{ ipBlock: { cidr } }], ports: [443] }];

  it.each([
    ["in its subnet, in production", egress("prod", true, ["192.0.2.0/24"]), at("10.20.10.0/24")],
    ["among the nodes, where it has a private endpoint", egress("dev", false), at("10.20.0.0/21")],
    ["by the settings' ranges, where it is public", egress("dev", false, ["192.0.2.0/24"]), []],
  ])("%s", (_where, found, expected) => {
    expect(found).toEqual(expected);
  });
});
