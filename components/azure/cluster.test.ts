import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { asked, cluster, nodes, roles } from "./clusterFixture";
import { only } from "./rolesRecorder";

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
    expect(roles(all).sort()).toEqual(
      [
        [
          "f1a07417-d97a-45cb-824c-7a7467783830",
          "ServicePrincipal",
          "principal-of-cluster-identity",
          expect.stringMatching(/UserAssignedIdentity\/kubelet-identity$/),
        ],
        [
          "4d97b98b-1d4f-4787-a291-c67834d212e7",
          "ServicePrincipal",
          "principal-of-cluster-identity",
          "/subnets/nodes",
        ],
        [
          "7f951dda-4ed3-4680-a7ca-43fe172d538d",
          "ServicePrincipal",
          "principal-of-kubelet-identity",
          "/registry",
        ],
        [admin, "Group", "admins", expect.stringMatching(/ManagedCluster\/cluster$/)],
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
      minCount: 1,
      maxCount: 3,
      enableAutoScaling: true,
    });
  });

  it("has a GPU pool on request, empty and tainted", async () => {
    const withGpu = { ...nodes, gpuSize: "Standard_NC4as_T4_v3" };
    const { all } = await cluster("dev", { azure: { nodes: withGpu } });
    expect(only(all, "AgentPool", "gpu-pool").inputs).toMatchObject({
      vmSize: "Standard_NC4as_T4_v3",
      minCount: 0,
      maxCount: 1,
      nodeTaints: ["nvidia.com/gpu=present:NoSchedule"],
    });
  });

  it("logs who changed what", async () => {
    const { all } = await cluster("dev");
    const { inputs } = only(all, "DiagnosticSetting", "cluster-logs");
    expect(inputs.logs).toContainEqual({ category: "kube-audit-admin", enabled: true });
    expect(inputs.logs).toContainEqual({ category: "guard", enabled: true });
    expect(inputs.resourceUri).toMatch(/ManagedCluster\/cluster$/);
    expect(inputs.workspaceId).toMatch(/Workspace\/monitoring$/);
  });

  it("gives a secret kubeconfig without a credential, asked for by the cluster's own name", async () => {
    asked.length = 0;
    const { made } = await cluster("prod");
    expect(await pulumi.isSecret(made.kubeconfig)).toBe(true);
    const text = await new Promise<string>((resolve) => void made.kubeconfig.apply(resolve));
    expect(parse(text).users[0].user.exec.args).toContain("azurecli");
    expect(text).not.toContain("t0p-secret");
    expect(asked.map(({ token, inputs }) => [token, inputs.resourceName])).toEqual([
      ["azure-native:containerservice:listManagedClusterUserCredentials", "aks-ecluse-prod"],
    ]);
  });
});
