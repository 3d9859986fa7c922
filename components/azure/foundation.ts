import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import * as resources from "@pulumi/azure-native/resources";
import { Provider as ClusterProvider } from "@pulumi/kubernetes/provider";
import * as random from "@pulumi/random";
import { imagesOf } from "../docker";
import { gitlabForge } from "../gitlab/environment";
import { clusterIssuer } from "../kubernetes/apiServer";
import type { Foundation } from "../kubernetes/foundation";
import { isolatedNamespaces } from "../kubernetes/namespaces";
import { profiles } from "../profiles";
import type { AzureSettings, ClusterSettings, EnvironmentSettings } from "../settings";
import { Cluster } from "./cluster";
import { apiServerEgress } from "./clusterApi";
import type { AzureContext } from "./context";
import { azureDatabase } from "./database";
import { identities } from "./identities";
import { Monitoring } from "./monitoring";
import { azureNames } from "./naming";
import { Network } from "./network";
import { registry } from "./registry";
import { outsideRights } from "./rolesOutside";
import { azureStore } from "./store";
import { vault } from "./vault";
import { clusterKey } from "./vaultKeys";
import { ownKeys } from "./vaultOwnKeys";
import { vaultSecrets } from "./vaultSecrets";
import { watch } from "./watch";

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
  const jobClientIds = outsideRights(context, {
    store,
    identities: people,
    workspaceId: monitoring.workspaceId,
  });
  const generator = new random.Provider("random");
  const apiServer = apiServerEgress(context, network, secretsKey !== undefined);
  return {
    settings,
    cluster: workloads,
    options,
    apiServer,
    ...clusterIssuer({ settings, options, apiServer }, cluster.oidcIssuerUrl),
    jobClientIds,
    database,
    store,
    marks: people.marks,
    forge: gitlabForge(settings),
    ...vaultSecrets({ context, vault: keyVault, identities: people, options }),
    random: (name, bytes) => new random.RandomBytes(name, { length: bytes }, { provider: generator }).hex,
    image: imagesOf(settings, workloads.imageRegistry ?? images.loginServer, {
      dependsOn: [...images.dependsOn],
    }),
  };
}
