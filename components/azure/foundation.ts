import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { Provider as ClusterProvider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { imageArgs, imagesOf } from "../docker";
import { gitlabForge } from "../gitlab/environment";
import { ClusterIssuer, keyReaders } from "../kubernetes/apiServer";
import { trustOf } from "../kubernetes/authorities";
import type { Foundation, PodScope } from "../kubernetes/foundation";
import { isolatedNamespaces, namespacesArgs } from "../kubernetes/namespaces";
import { AccessRights } from "./accessRights";
import * as args from "./args";
import { Cluster } from "./cluster";
import { MetadataDatabase } from "./database";
import { Identities } from "./identities";
import { Monitoring } from "./monitoring";
import { Network } from "./network";
import { Registry } from "./registry";
import { ResourceGroup } from "./resourceGroup";
import type { AzureScope } from "./scope";
import { ArtifactStore } from "./store";
import { Vault } from "./vault";
import { VaultSecrets } from "./vaultSecrets";

/** An environment's settings, the beginning of its parts' names, and the component that they belong to. */
interface Program extends args.AzureEnvironment {
  readonly name: string;
  readonly child: { readonly parent: pulumi.Resource };
}

/** What every part stands on. */
interface Base {
  readonly scope: AzureScope;
  readonly network: Network;
  readonly monitoring: Monitoring;
}

/**
 * The managed parts of an environment on Azure, as its workloads stand on them; all of them are children of `parent`.
 */
export function azureFoundation(asked: args.AzureEnvironment, parent: pulumi.Resource): Foundation {
  const program: Program = { ...asked, name: asked.settings.environment, child: { parent } };
  const base = makeBase(program);
  const vaults = makeVaults(program, base);
  const { zones } = asked.azure.nodes;
  const registry = new Registry(`${program.name}-registry`, { ...base, zones }, program.child);
  const cluster = makeCluster(program, { ...base, ...vaults, registry });
  const options = clusterOptions(program, cluster, registry);
  const identities = makeIdentities(program, base, cluster);
  const stores = makeStores(program, { ...base, ...vaults, identities });
  const jobClientIds = makeAccessRights(program, { ...base, ...stores, identities });
  return {
    ...stores,
    scope: podScope(asked, identities, options),
    apiServer: cluster.apiServer,
    issuer: makeIssuer(program, cluster, options),
    secrets: makeSecrets(program, { ...base, ...vaults, identities, options }),
    images: makeImages(program, registry),
    forge: gitlabForge(asked.settings, parent),
    jobClientIds,
    jobVariables: (useCase) => jobLogin(base.scope, jobClientIds[useCase]),
  };
}

/** The resource group, and in it the network and what watches it. */
function makeBase(program: Program): Base {
  const { name, child, azure } = program;
  const { subscriptionId, tenantId } = azure;
  const provider = new AzureProvider(`${name}-azure`, { subscriptionId, tenantId }, child);
  const group = new ResourceGroup(`${name}-group`, { ...args.groupArgs(program), provider }, child);
  const { scope } = group;
  const network = new Network(`${name}-network`, { scope, ...args.networkArgs(program) }, child);
  const watching = { scope, network, ...args.monitoringArgs(program) };
  return { scope, network, monitoring: new Monitoring(`${name}-monitoring`, watching, child) };
}

interface Vaults {
  readonly vault: Vault;
  /** The keys of both vaults. */
  readonly keys: Vault["keys"];
}

/** The vault, and the second one in the paired region where there is one. */
function makeVaults(program: Program, base: Base): Vaults {
  const { name, child } = program;
  // Before the first vault: a missing pair is a refusal.
  const pairedArgs = args.pairedVaultArgs(program);
  const vault = new Vault(`${name}-vault`, { ...base, ...args.vaultArgs(program) }, child);
  const paired = pairedArgs && new Vault(`${name}-vault-paired`, { ...base, ...pairedArgs }, child);
  return { vault, keys: { ...vault.keys, ...paired?.keys } };
}

function makeCluster(
  program: Program,
  { vault, keys, registry, ...base }: Base & Vaults & { registry: Registry },
) {
  const given = {
    ...base,
    registryId: registry.id,
    ...(vault.clusterKey && { secretsKey: vault.clusterKey }),
    ...(keys.disks && { disksKey: keys.disks }),
  };
  return new Cluster(`${program.name}-cluster`, { ...given, ...args.clusterArgs(program) }, program.child);
}

const makeImages = ({ settings, cluster, child }: Program, { loginServer, ready }: Registry) =>
  imagesOf(
    { ...imageArgs(settings), registry: cluster.imageRegistry ?? loginServer, dependsOn: [...ready] },
    child.parent,
  );

/** How objects are made in the cluster: after the namespaces, and when images can be pulled. */
function clusterOptions(
  { settings, cluster: workloads, name, child }: Program,
  { kubeconfig }: Cluster,
  registry: Registry,
): PodScope["options"] {
  const { parent } = child;
  const provider = new ClusterProvider(
    `${name}-kubernetes`,
    { kubeconfig, enableServerSideApply: true },
    child,
  );
  const args = { ...namespacesArgs(settings, workloads), options: { provider, parent } };
  return { provider, parent, dependsOn: [...isolatedNamespaces(args), ...registry.ready] };
}

function makeIdentities(program: Program, { scope }: Base, { oidcIssuerUrl: issuer }: Cluster): Identities {
  const given = { scope, issuer, ...args.identitiesArgs(program) };
  return new Identities(`${program.name}-identities`, given, program.child);
}

const makeIssuer = (
  { settings, name, child }: Program,
  { oidcIssuerUrl: issuer, apiServer }: Cluster,
  options: PodScope["options"],
) =>
  new ClusterIssuer(
    `${name}-issuer`,
    {
      ...{ issuer, apiServer, options },
      ...keyReaders(
        settings.environment,
        settings.useCases.map((useCase) => useCase.name),
      ),
    },
    child,
  );

interface Identified extends Base {
  readonly identities: Identities;
}

/** The artifact store and the metadata database. */
function makeStores(program: Program, { keys, ...base }: Identified & Pick<Vaults, "keys">) {
  const { name, child } = program;
  const storeKey = keys.store && { key: keys.store };
  const { database: primary, "database-paired": paired } = keys;
  const databaseKeys = primary && { keys: { primary, ...(paired && { paired }) } };
  return {
    store: new ArtifactStore(`${name}-store`, { ...base, ...args.storeArgs(program), ...storeKey }, child),
    database: new MetadataDatabase(
      `${name}-database`,
      { ...base, ...args.databaseArgs(program), ...databaseKeys },
      child,
    ),
  };
}

function makeSecrets(
  { name, child }: Program,
  { scope, vault, identities, options }: Identified & Vaults & { readonly options: PodScope["options"] },
): VaultSecrets {
  const generator = new random.Provider(`${name}-random`, {}, child);
  return new VaultSecrets(`${name}-secrets`, { scope, vault, identities, options, generator }, child);
}

/** Rights of people and of jobs; gives the client ids of the jobs' identities. */
function makeAccessRights(
  program: Program,
  { scope, monitoring, identities, store }: Identified & { store: ArtifactStore },
) {
  const given = { scope, store, identities, workspaceId: monitoring.workspaceId };
  const rights = { ...given, ...args.accessArgs(program) };
  return new AccessRights(`${program.name}-access`, rights, program.child).jobClientIds;
}

const podScope = (
  { cluster }: args.AzureEnvironment,
  identities: Identities,
  options: PodScope["options"],
): PodScope => ({
  options,
  egressRanges: cluster.egressRanges,
  egressPorts: cluster.egressPorts,
  ...trustOf(cluster, options),
  workloadIdentity: (pod) => identities.workloadIdentity(pod),
});

/** CI variables by which a use case's jobs log in to Azure, where an identity trusts them. */
const jobLogin = (
  { tenantId }: AzureScope,
  clientId: pulumi.Output<string> | undefined,
): Readonly<Record<string, pulumi.Input<string>>> =>
  clientId ? { ECLUSE_AZURE_CLIENT_ID: clientId, ECLUSE_AZURE_TENANT_ID: tenantId } : {};
