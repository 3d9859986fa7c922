import { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { imageArgs, imagesOf } from "../docker";
import { InputError } from "../errors";
import { gitlabForge } from "../gitlab/environment";
import type { ClusterSettings, EnvironmentSettings, KubernetesSettings } from "../settings";
import { apiServerEgress, ClusterIssuer, keyReaders } from "./apiServer";
import { trustOf } from "./authorities";
import { Authority } from "./authority";
import { existingStore } from "./existing";
import { type Foundation, type PodScope, podScope } from "./foundation";
import { isolatedNamespaces, namespacesArgs } from "./namespaces";
import { DeployedStore } from "./objectsDeployed";
import type { OnPremiseStore } from "./objectsS3";
import { podsOf } from "./pods";
import { refuseMetadata } from "./policy";
import { Postgresql } from "./postgresql";
import { ClusterSecrets } from "./secrets";

/** Settings of an environment on the team's own cluster, all that it needs being there. */
export interface OnPremiseSettings {
  readonly settings: EnvironmentSettings;
  readonly cluster: ClusterSettings & { readonly imageRegistry: string };
  readonly kubernetes: KubernetesSettings;
}

/**
 * Checks that the settings have what a team's own cluster needs.
 * @throws InputError with the key and the fix.
 */
export function onPremiseSettings(settings: EnvironmentSettings): OnPremiseSettings {
  const { cluster, kubernetes } = settings;
  const missing = (key: string, fix: string) => new InputError(`ecluse:${key}`, undefined, fix);
  if (!kubernetes) throw missing("kubernetes", "name the context and the object store of your cluster");
  if (!cluster) throw missing("cluster", "name the domain and the ingress of your cluster");
  const { imageRegistry } = cluster;
  if (!imageRegistry)
    throw missing("cluster.imageRegistry", "name the registry and path that the images were pushed to");
  refuseMetadata("ecluse:kubernetes.apiServerRange", kubernetes.apiServerRange);
  return { settings, cluster: { ...cluster, imageRegistry }, kubernetes };
}

/** The provider of the team's cluster: the operator's kubeconfig, and always a context by name. */
const clusterProvider = (name: string, { context }: KubernetesSettings, parent: pulumi.Resource) =>
  new Provider(name, { context, enableServerSideApply: true }, { parent });

/** What every part of an environment on the team's own cluster is made with. */
type Base = Pick<Foundation, "scope" | "secrets" | "images"> & { readonly authority: Authority };

/** The foundation of an environment on the team's own cluster; its parts are children of `parent`. */
export function onPremise(checked: OnPremiseSettings, parent: pulumi.Resource): Foundation {
  const { settings, cluster, kubernetes } = checked;
  const { environment } = settings;
  const options = clusterOptions(checked, parent);
  const authority = new Authority(`${environment}-authority`, { options }, { parent });
  const scope = {
    ...podScope(options, cluster.egressRanges, cluster.egressPorts),
    ...trustOf(cluster, options),
    authority,
  };
  const images = imagesOf({ ...imageArgs(settings), registry: cluster.imageRegistry }, parent);
  const secrets = new ClusterSecrets(`${environment}-secrets`, { options }, { parent });
  const base = { scope, secrets, images, authority };
  const store = objectStore(checked, base);
  return {
    ...{ scope, secrets, images, store },
    apiServer: apiServerEgress(kubernetes.apiServerRange),
    issuer: workloadIssuer(checked, options, parent),
    forge: gitlabForge(settings, parent),
    database: database(checked, base, store),
  };
}

/** How objects are made in the cluster: after the namespaces. */
function clusterOptions({ settings, cluster, kubernetes }: OnPremiseSettings, parent: pulumi.Resource) {
  const provider = clusterProvider(`${settings.environment}-cluster`, kubernetes, parent);
  const databaseInstances = kubernetes.database.instances;
  const args = { ...namespacesArgs(settings, cluster), databaseInstances, options: { provider, parent } };
  return { provider, parent, dependsOn: isolatedNamespaces(args) };
}

function workloadIssuer(
  { settings: { environment, useCases }, kubernetes }: OnPremiseSettings,
  options: PodScope["options"],
  parent: pulumi.Resource,
): ClusterIssuer {
  const names = useCases.map(({ name }) => name);
  const apiServer = apiServerEgress(kubernetes.apiServerRange);
  const issuer = kubernetes.serviceAccountIssuer;
  const args = { ...keyReaders(environment, names), issuer, apiServer, options };
  return new ClusterIssuer(`${environment}-issuer`, args, { parent });
}

/** The blob store of an environment on the team's own cluster. */
function objectStore(
  { settings, cluster, kubernetes }: OnPremiseSettings,
  { scope, secrets, images, authority }: Base,
): OnPremiseStore {
  const { objectStore: store, storageClass } = kubernetes;
  if (store.kind !== "deployed") return existingStore(store);
  const { environment, tier, useCases } = settings;
  const args = {
    ...{ environment, scope, secrets, images, authority },
    useCases: useCases.map(({ name }) => name),
    production: tier === "production",
    storageGb: store.storageGb,
    ...(storageClass && { storageClass }),
    releases: cluster.runner,
  };
  return new DeployedStore(podsOf(environment).objects.name, args, { parent: scope.options.parent });
}

function database(
  { settings, cluster, kubernetes }: OnPremiseSettings,
  { scope, secrets, images, authority }: Base,
  { backups }: OnPremiseStore,
): Postgresql {
  const { environment, tier, profile } = settings;
  const { storageClass, apiServerRange } = kubernetes;
  const args = {
    ...{ environment, profile, authority, secrets, backups, apiServerRange },
    ...kubernetes.database,
    options: scope.options,
    production: tier === "production",
    image: images("postgresql"),
    ...(storageClass && { storageClass }),
    ...(cluster.prometheus && { prometheusNamespace: cluster.prometheusNamespace }),
  };
  return new Postgresql(`${environment}-database`, args, { parent: scope.options.parent });
}
