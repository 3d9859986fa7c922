import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import * as resources from "@pulumi/azure-native/resources";
import { Provider as ClusterProvider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { platformImage } from "../images";
import type { Foundation } from "../kubernetes/foundation";
import { isolatedNamespaces } from "../kubernetes/namespaces";
import { profiles } from "../profiles";
import type { AzureSettings, ClusterSettings, EnvironmentSettings } from "../settings";
import { makeBudget } from "./budget";
import { Cluster } from "./cluster";
import type { AzureContext } from "./context";
import { azureDatabase } from "./database";
import { tokenEgress } from "./federation";
import { identities } from "./identities";
import { lock } from "./lock";
import { Monitoring } from "./monitoring";
import { azureNames } from "./naming";
import { Network } from "./network";
import { type AzureRegistry, registry } from "./registry";
import { outsideRights } from "./rolesOutside";
import { azureStore } from "./store";
import { type AzureVault, vault } from "./vault";
import { clusterKey } from "./vaultKeys";
import { ownKeys } from "./vaultOwnKeys";
import { vaultSecrets } from "./vaultSecrets";

/** Settings of an environment on Azure, whose parts the parser has made sure of. */
export interface AzureEnvironment {
  readonly settings: EnvironmentSettings;
  readonly cluster: ClusterSettings;
  readonly azure: AzureSettings;
}

/** The resource group, and what every part of the environment is made with. */
function makeContext({ settings, azure }: AzureEnvironment): AzureContext {
  const { environment, tier, profile, governance } = settings;
  const { subscriptionId, tenantId, location, instance, resourceGroup } = azure;
  const provider = new AzureProvider("azure", { subscriptionId, tenantId });
  const tags = {
    environment,
    tier,
    owner: governance.owner,
    "cost-center": governance.costCenter,
    "data-classification": governance.dataClassification,
    "managed-by": "pulumi",
  };
  const group = new resources.ResourceGroup(
    "group",
    { resourceGroupName: resourceGroup, location, tags },
    { provider },
  );
  return {
    settings,
    azure,
    profile: profiles[profile],
    production: tier === "production",
    names: azureNames(environment, instance),
    resourceGroupName: group.name,
    resourceGroupId: group.id,
    tags,
    options: { provider },
  };
}

/** The managed parts of an environment on Azure, as its workloads stand on them. */
export function azureFoundation(asked: AzureEnvironment): Foundation {
  const { settings, cluster: workloads } = asked;
  const context = makeContext(asked);
  const network = new Network("network", context);
  const monitoring = new Monitoring("monitoring", context, network);
  const keyVault = vault(context, network);
  const keys = ownKeys(context, network, keyVault);
  const images = registry(context, network);
  const secretsKey = context.production ? clusterKey(context, keyVault) : undefined;
  const cluster = new Cluster("cluster", {
    context,
    network,
    monitoring,
    registryId: images.id,
    secretsKey,
    disksKey: keys?.disks,
  });
  const provider = new ClusterProvider("kubernetes", {
    kubeconfig: cluster.kubeconfig,
    enableServerSideApply: true,
  });
  const namespaces = isolatedNamespaces({ settings, cluster: workloads, options: { provider } });
  const options = { provider, dependsOn: [...namespaces, ...images.dependsOn] };
  const people = identities(context, cluster.oidcIssuerUrl);
  const store = azureStore(context, { network, identities: people, key: keys?.store });
  const database = azureDatabase(context, { network, identities: people, keys: keys?.database });
  const vaults = { vault: keyVault, ...(keys?.pairedVault && { "vault-paired": keys.pairedVault }) };
  watch(context, monitoring, { network, registry: images, store, database, vaults });
  outsideRights(context, { store, identities: people, workspaceId: monitoring.workspaceId });
  const generator = new random.Provider("random");
  return {
    settings,
    cluster: workloads,
    options,
    workloadIssuer: cluster.oidcIssuerUrl.apply((issuer) => ({
      issuer,
      jwks_uri: `${issuer}openid/v1/jwks`,
    })),
    issuerKeys: () => ({ env: [], volumes: [], mounts: [], egress: tokenEgress(context), dependsOn: [] }),
    database,
    store,
    marks: people.marks,
    ...vaultSecrets({ context, vault: keyVault, identities: people, options }),
    random: (name, bytes) => new random.RandomBytes(name, { length: bytes }, { provider: generator }).hex,
    image: (name) => platformImage(settings, workloads.imageRegistry ?? images.loginServer, name),
  };
}

interface Watched {
  readonly network: Network;
  readonly registry: AzureRegistry;
  readonly store: {
    readonly accountId: pulumi.Output<string>;
    readonly blobServiceId: pulumi.Output<string>;
  };
  readonly database: { readonly id: pulumi.Output<string> };
  /** The environment's, and the one in the paired region where there is one, by name. */
  readonly vaults: { readonly vault: AzureVault; readonly "vault-paired"?: AzureVault };
}

/** Logs, alerts, locks and the budget of what was made; the cluster has its own logs and alerts. */
function watch(context: AzureContext, monitoring: Monitoring, watched: Watched): void {
  const { network, registry, store, database, vaults } = watched;
  for (const [use, id] of Object.entries(network.securityGroupIds))
    monitoring.diagnostics(`security-group-${use}`, id, [
      "NetworkSecurityGroupEvent",
      "NetworkSecurityGroupRuleCounter",
    ]);
  monitoring.diagnostics("registry", registry.id, [
    "ContainerRegistryLoginEvents",
    "ContainerRegistryRepositoryEvents",
  ]);
  monitoring.diagnostics("database", database.id, ["PostgreSQLLogs"]);
  monitoring.diagnostics("store", store.blobServiceId, ["StorageRead", "StorageWrite", "StorageDelete"]);
  monitoring.alerts("database", database.id);
  monitoring.alerts("store", store.accountId);
  monitoring.alerts("vault", vaults.vault.id);
  lock("database", database.id, context);
  lock("store", store.accountId, context);
  for (const [name, { id }] of Object.entries(vaults)) {
    monitoring.diagnostics(name, id, ["AuditEvent"]);
    lock(name, id, context);
  }
  makeBudget("budget", context, monitoring.actionGroupId);
}
