import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../errors";
import type { Egress } from "../kubernetes/foundation";
import { within } from "../scope";
import type { AzureNetworkSettings, DeployerSettings } from "../settings";
import { stateful } from "../stateful";
import { makeAlerts } from "./alerts";
import { prefixLength } from "./cidr";
import {
  type ClusterIdentities,
  type DisksKey,
  grantAdministrators,
  grantSecretsKey,
  makeClusterIdentities,
  makeDiskEncryption,
} from "./clusterAccess";
import { withKubelogin } from "./kubeconfig";
import { sendLogs } from "./logs";
import type { Monitoring } from "./monitoring";
import type { Network } from "./network";
import { checkPools, makeUserPools, type PoolsArgs, systemPool } from "./pools";
import { type AzureScope, placed } from "./scope";
import { clusterRanges } from "./subnets";
import type { ClusterKey } from "./vault";

/** What a cluster is made from. */
export interface ClusterArgs {
  readonly scope: AzureScope;
  readonly network: Pick<Network, "nodesSubnetId" | "apiServerSubnetId" | "egressAddress" | "ranges">;
  readonly monitoring: Pick<Monitoring, "workspaceId" | "actionGroupId" | "metricAlerts">;
  readonly kubernetesVersion: string;
  /** Whether Azure answers for the control plane's availability, which costs. */
  readonly sla: boolean;
  readonly pools: PoolsArgs;
  /** Object id of the Entra group that administers its objects. */
  readonly administrators: string;
  /** Who runs `pulumi up`, and where from. */
  readonly deployer: DeployerSettings;
  /** How nodes reach the Internet. */
  readonly egress: AzureNetworkSettings["egress"];
  /** Ranges that nodes are seen with there, where their way out is not of the network given here. */
  readonly egressAddresses: readonly string[];
  /** The registry that nodes pull from. */
  readonly registryId: pulumi.Input<string>;
  /** Encrypts Kubernetes Secrets, beneath what Azure does; production gives one. */
  readonly secretsKey?: ClusterKey;
  /** Encrypts the nodes' disks; production gives one where its data is confidential. */
  readonly disksKey?: DisksKey;
}

/** An environment's AKS cluster: Entra logs in, Azure RBAC decides, and no local account exists. */
export class Cluster extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly oidcIssuerUrl: pulumi.Output<string>;
  /** Logs in by kubelogin as whoever uses it; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Where pods reach the API server; empty where only its public address is known, once it is made. */
  readonly apiServer: readonly Egress[];

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:azure:Cluster", name, {}, opts);
    checkApi(args);
    checkPools(args.pools);
    const scope = within(args.scope, this);
    const { pools, network, monitoring, administrators } = args;
    const cluster = makeCluster(name, { ...args, scope });
    makeUserPools(name, pools, { clusterName: cluster.name, subnetId: network.nodesSubnetId }, scope);
    makeMaintenance(name, cluster.name, scope);
    const { id } = cluster;
    sendLogs(name, { workspace: monitoring, resourceId: id, categories: auditCategories }, scope);
    makeAlerts(name, { subject: "cluster", resourceId: id, receivers: monitoring }, scope);
    const administration = grantAdministrators(name, { group: administrators, clusterId: id }, scope);
    this.id = id;
    this.oidcIssuerUrl = cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
    this.kubeconfig = kubeconfig(cluster, args.deployer.login, administration, scope);
    this.apiServer = apiServerEgress(args);
    this.registerOutputs({ id: this.id, oidcIssuerUrl: this.oidcIssuerUrl });
  }
}

/** The API server's audit logs, and logins by Entra. */
const auditCategories = ["kube-audit-admin", "guard", "kube-controller-manager", "cluster-autoscaler"];

/**
 * Whether the API server has no public address: always in production, and wherever the deployer is inside of the
 * network.
 */
const isPrivate = ({ scope, deployer }: ClusterArgs) => scope.production || deployer.reach === "vnet";

/** Refuses a cluster whose API would be open to all, or whose Secrets could not be encrypted as asked. */
function checkApi({ deployer: { reach }, network, secretsKey }: ClusterArgs): void {
  if (
    reach !== "vnet" &&
    (reach.ranges.length === 0 || reach.ranges.some((range) => prefixLength(range) < 8))
  )
    throw new InputError(
      "ecluse:azure.deployer.ranges",
      reach.ranges,
      "name the addresses that you deploy from, none wider than a /8",
    );
  if (secretsKey && !network.apiServerSubnetId)
    throw new InputError(
      "ecluse:azure.network.existing.apiServerSubnetId",
      undefined,
      "give a subnet delegated to Microsoft.ContainerService/managedClusters, by which the API server " +
        "reaches the private vault",
    );
}

function makeCluster(name: string, args: ClusterArgs): containerservice.ManagedCluster {
  const { scope, network, registryId, secretsKey, disksKey } = args;
  const { nodesSubnetId } = network;
  const apiServerSubnetId = secretsKey && network.apiServerSubnetId;
  const identities = makeClusterIdentities(name, { nodesSubnetId, apiServerSubnetId, registryId }, scope);
  const { controlPlane, roles } = identities;
  const secretsRoles = secretsKey ? grantSecretsKey(name, secretsKey, controlPlane, scope) : [];
  const disks = disksKey && makeDiskEncryption(name, disksKey, controlPlane, scope);
  return new containerservice.ManagedCluster(name, clusterInputs(args, identities, disks?.id), {
    ...scope.options,
    ...stateful("azure-native:containerservice:ManagedCluster", scope.production),
    // Azure checks what the control plane may do while it makes the cluster.
    dependsOn: [...roles, ...secretsRoles, ...(disks ? [disks.role] : [])],
  });
}

function clusterInputs(
  args: ClusterArgs,
  identities: ClusterIdentities,
  diskEncryptionId?: pulumi.Input<string>,
): containerservice.ManagedClusterArgs {
  const { scope } = args;
  const { names, production } = scope;
  return {
    ...placed(scope),
    resourceName: names.cluster,
    dnsPrefix: names.cluster,
    kubernetesVersion: args.kubernetesVersion,
    sku: { name: "Base", tier: args.sla ? "Standard" : "Free" },
    nodeResourceGroup: names.nodeResourceGroup,
    nodeResourceGroupProfile: { restrictionLevel: production ? "ReadOnly" : "Unrestricted" },
    agentPoolProfiles: [systemPool(args.pools, args.network.nodesSubnetId, scope)],
    diskEncryptionSetID: diskEncryptionId,
    ...loginInputs(args, identities),
    apiServerAccessProfile: apiServerAccess(args),
    networkProfile: networkProfile(args),
    securityProfile: securityProfile(args),
    addonProfiles: {
      azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: "true" } },
      azurepolicy: { enabled: production },
    },
    // Patches come by themselves. A new minor version comes by a change of the setting, through review: another channel
    // would get ahead of it, and Azure refuses to go back.
    autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
  };
}

function loginInputs({ scope, administrators }: ClusterArgs, { controlPlane, kubelet }: ClusterIdentities) {
  return {
    identity: { type: "UserAssigned" as const, userAssignedIdentities: [controlPlane.id] },
    identityProfile: {
      kubeletidentity: {
        resourceId: kubelet.id,
        clientId: kubelet.clientId,
        objectId: kubelet.principalId,
      },
    },
    disableLocalAccounts: true,
    enableRBAC: true,
    aadProfile: {
      managed: true,
      enableAzureRBAC: true,
      adminGroupObjectIDs: [administrators],
      tenantID: scope.tenantId,
    },
    oidcIssuerProfile: { enabled: true },
  };
}

/** Who can reach the API server: the network alone, or the deployer's addresses and the nodes' own. */
function apiServerAccess(args: ClusterArgs) {
  const { deployer, network, egressAddresses, secretsKey } = args;
  const common = {
    disableRunCommand: true,
    // The vault is private: only an API server that is in the network reaches it.
    ...(secretsKey ? { enableVnetIntegration: true, subnetId: network.apiServerSubnetId } : {}),
  };
  if (isPrivate(args))
    return {
      ...common,
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      privateDNSZone: "system",
    };
  const deployers = deployer.reach === "vnet" ? [] : deployer.reach.ranges;
  const nodes = network.egressAddress ? [pulumi.interpolate`${network.egressAddress}/32`] : [];
  const authorizedIPRanges = [...deployers, ...egressAddresses, ...nodes];
  return { ...common, enablePrivateCluster: false, authorizedIPRanges };
}

/**
 * Where pods reach the API server: in its subnet, or by the private endpoint that AKS puts among the nodes. The address
 * of a public one is known to nobody before it is made: `egressRanges` must name it.
 */
function apiServerEgress(args: ClusterArgs): Egress[] {
  if (!isPrivate(args)) return [];
  const { ranges } = args.network;
  const cidr = args.secretsKey ? ranges.apiServer : ranges.nodes;
  return [{ to: [{ ipBlock: { cidr } }], ports: [443] }];
}

function networkProfile({ egress }: ClusterArgs) {
  return {
    networkPlugin: "azure",
    networkPluginMode: "overlay",
    networkDataplane: "cilium",
    networkPolicy: "cilium",
    loadBalancerSku: "standard",
    outboundType: egress === "natGateway" ? "userAssignedNATGateway" : "userDefinedRouting",
    podCidr: clusterRanges.pods,
    serviceCidr: clusterRanges.services,
    dnsServiceIP: clusterRanges.dns,
  };
}

function securityProfile({ scope, monitoring, secretsKey }: ClusterArgs) {
  const logAnalyticsWorkspaceResourceId = monitoring.workspaceId;
  const defender = { logAnalyticsWorkspaceResourceId, securityMonitoring: { enabled: true } };
  return {
    workloadIdentity: { enabled: true },
    ...(scope.production ? { defender } : {}),
    ...(secretsKey
      ? {
          azureKeyVaultKms: {
            enabled: true,
            keyId: secretsKey.uriWithVersion,
            keyVaultNetworkAccess: "Private",
            keyVaultResourceId: secretsKey.vaultId,
          },
        }
      : {}),
  };
}

/** The two schedules that AKS knows by name: of the cluster's version, and of the nodes' images. */
const schedules = {
  upgrades: "aksManagedAutoUpgradeSchedule",
  "node-images": "aksManagedNodeOSUpgradeSchedule",
};

/** Says when Azure may upgrade the cluster: four hours a week, in production a day after every other environment. */
function makeMaintenance(name: string, clusterName: pulumi.Input<string>, scope: AzureScope): void {
  const dayOfWeek = scope.production ? "Sunday" : "Saturday";
  for (const [use, configName] of Object.entries(schedules))
    new containerservice.MaintenanceConfiguration(
      `${name}-${use}`,
      {
        configName,
        resourceGroupName: scope.resourceGroupName,
        resourceName: clusterName,
        maintenanceWindow: {
          durationHours: 4,
          startTime: "04:00",
          utcOffset: "+00:00",
          schedule: { weekly: { dayOfWeek, intervalWeeks: 1 } },
        },
      },
      scope.options,
    );
}

function kubeconfig(
  cluster: containerservice.ManagedCluster,
  login: DeployerSettings["login"],
  administration: pulumi.Resource,
  { resourceGroupName, options }: AzureScope,
): pulumi.Output<string> {
  // The cluster's own output for its name: a literal would ask Azure for a cluster that is not there yet.
  const credentials = containerservice.listManagedClusterUserCredentialsOutput(
    { resourceGroupName, resourceName: cluster.name },
    { ...options, dependsOn: [administration] },
  );
  return pulumi.secret(
    credentials.apply(({ kubeconfigs: [first] }) => {
      if (!first) throw new Error("Azure gave no kubeconfig for the cluster: run again when it is up");
      return withKubelogin(Buffer.from(first.value, "base64").toString("utf8"), login);
    }),
  );
}
