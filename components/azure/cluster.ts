import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";
import { stateful } from "../stateful";
import { grantAdministrators, makeClusterIdentities } from "./clusterAccess";
import { checkApi } from "./clusterApi";
import { clusterInputs } from "./clusterInputs";
import { type DisksKey, grantSecretsKey, makeDiskEncryption } from "./clusterKeys";
import { withKubelogin } from "./clusterKubeconfig";
import { makeMaintenance } from "./clusterMaintenance";
import { type AzureContext, type AzureNetwork, within } from "./context";
import type { Monitoring } from "./monitoring";
import { checkPools, makeUserPools } from "./pools";
import type { ClusterKey } from "./vaultKeys";

/** What an environment's cluster is made from. */
export interface ClusterArgs {
  readonly context: AzureContext;
  readonly network: AzureNetwork;
  readonly monitoring: Monitoring;
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
  readonly clusterName: pulumi.Output<string>;
  readonly oidcIssuerUrl: pulumi.Output<string>;
  /** Logs in by kubelogin as whoever uses it; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly controlPlanePrincipalId: pulumi.Output<string>;
  readonly kubeletPrincipalId: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs) {
    super("ecluse:azure:Cluster", name, {}, args.context.options);
    checkPools(args.context);
    checkApi(args.context, args.network, args.secretsKey !== undefined);
    const context = within(args.context, this);
    const { cluster, controlPlanePrincipalId, kubeletPrincipalId } = makeCluster(name, { ...args, context });
    makeUserPools(context, args.network, cluster.name);
    makeMaintenance(context, cluster.name);
    args.monitoring.diagnostics("cluster", cluster.id, auditCategories);
    args.monitoring.alerts("cluster", cluster.id);
    const administrators = grantAdministrators(context, cluster.id);
    this.id = cluster.id;
    this.clusterName = cluster.name;
    this.oidcIssuerUrl = cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
    this.kubeconfig = kubeconfig(context, cluster, administrators);
    this.controlPlanePrincipalId = controlPlanePrincipalId;
    this.kubeletPrincipalId = kubeletPrincipalId;
    this.registerOutputs({ id: this.id });
  }
}

/** Who changed what at the API server, and whom Entra let in. */
const auditCategories = ["kube-audit-admin", "guard", "kube-controller-manager", "cluster-autoscaler"];

function makeCluster(name: string, { context, network, monitoring, registryId, ...args }: ClusterArgs) {
  const { secretsKey, disksKey } = args;
  const identities = makeClusterIdentities(context, network, registryId, secretsKey !== undefined);
  const { controlPlane, kubelet, roles } = identities;
  const secretsRoles = secretsKey ? grantSecretsKey(context, secretsKey, controlPlane) : [];
  const disks = disksKey && makeDiskEncryption(context, disksKey, controlPlane);
  const { workspaceId } = monitoring;
  const parts = { context, network, identities, workspaceId, secretsKey, diskEncryptionId: disks?.id };
  const cluster = new containerservice.ManagedCluster(name, clusterInputs(parts), {
    ...context.options,
    ...stateful("azure-native:containerservice:ManagedCluster", context.production),
    // Azure checks what the control plane may do while it makes the cluster.
    dependsOn: [...roles, ...secretsRoles, ...(disks ? [disks.role] : [])],
  });
  return {
    cluster,
    controlPlanePrincipalId: controlPlane.principalId,
    kubeletPrincipalId: kubelet.principalId,
  };
}

function kubeconfig(
  { resourceGroupName, azure, options }: AzureContext,
  cluster: containerservice.ManagedCluster,
  administrators: pulumi.Resource,
): pulumi.Output<string> {
  // The cluster's own output for its name: a literal would ask Azure for a cluster that is not there yet.
  const credentials = containerservice.listManagedClusterUserCredentialsOutput(
    { resourceGroupName, resourceName: cluster.name },
    { ...options, dependsOn: [administrators] },
  );
  return pulumi.secret(
    credentials.apply(({ kubeconfigs: [first] }) => {
      if (!first) throw new Error("Azure gave no kubeconfig for the cluster: run again when it is up");
      return withKubelogin(Buffer.from(first.value, "base64").toString("utf8"), azure.deployer.login);
    }),
  );
}
