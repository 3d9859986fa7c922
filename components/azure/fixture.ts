import * as azureNative from "@pulumi/azure-native/provider";
import * as k8s from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { profiles } from "../profiles";
import { type EnvironmentSettings, type GitlabSettings, usualDns } from "../settings";
import type { AzureEnvironment } from "./args";
import { groupArgs, identitiesArgs } from "./args";
import { Identities } from "./identities";
import type { Monitoring } from "./monitoring";
import { azureNames } from "./naming";
import type { Network } from "./network";
import type { AzureScope } from "./scope";

const gitlab: GitlabSettings = {
  url: "https://gitlab.example.com",
  tier: "free",
  group: "ecluse",
  projectIds: {},
  tokenDays: 60,
};
/** The subscription of every environment in tests. */
export const subscriptionId = "11111111-1111-4111-8111-111111111111";
const tenantId = "22222222-2222-4222-8222-222222222222";

/** The parts of the settings that tests vary. */
export interface Variant {
  readonly environment: "dev" | "prod";
  readonly classification?: EnvironmentSettings["governance"]["dataClassification"];
  readonly access?: "privateEndpoint" | "delegatedSubnet";
  readonly pairedLocation?: string | null;
  readonly databaseTier?: "Burstable" | "GeneralPurpose";
  readonly pgaudit?: boolean;
}

/** Settings of an environment; development is frugal and on no GitLab's trust, production is standard. */
export function askedOf(variant: Variant): AzureEnvironment {
  const settings = settingsOf(variant, variant.classification ?? "internal");
  const { cluster, azure } = settings;
  return { settings, cluster, azure };
}

/** Where an environment's parts are made in tests. */
export function scopeOf(asked: AzureEnvironment): AzureScope {
  const { resourceGroup, instance, tags: _tags, ...rest } = groupArgs(asked);
  const { environment } = rest;
  return {
    ...rest,
    names: azureNames(environment, instance),
    resourceGroupName: pulumi.output(resourceGroup),
    resourceGroupId: pulumi.output(`/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`),
    tags: { environment },
    options: { provider: new azureNative.Provider("azure", { subscriptionId, tenantId }) },
  };
}

/** What most parts are made from: settings, and stand-ins for what they stand on. */
export function standsOf(variant: Variant) {
  const asked = askedOf(variant);
  const scope = scopeOf(asked);
  return { asked, scope, network: fakeNetwork(), monitoring: fakeMonitoring(asked) };
}

/** The identities of an environment, whose cluster has the issuer `https://oidc.example.com/`. */
export const identitiesOf = (asked: AzureEnvironment, scope: AzureScope) =>
  new Identities(`${scope.environment}-identities`, {
    scope,
    issuer: "https://oidc.example.com/",
    ...identitiesArgs(asked),
  });

/** A provider of the environment's cluster, and the component that its objects belong to. */
export const clusterOptions = () => ({
  provider: new k8s.Provider("cluster", { context: "none" }),
  parent: new pulumi.ComponentResource("test:index:Root", "root"),
});

function settingsOf(variant: Variant, dataClassification: NonNullable<Variant["classification"]>) {
  const { environment, access = "privateEndpoint", pairedLocation = "northeurope" } = variant;
  const production = environment === "prod";
  const gates = {
    metric: "roc_auc" as const,
    floor: 0.7,
    baselineMargin: 0,
    nonInferiorityMargin: 0.02,
    maxBrier: 0.2,
    maxSlopeError: 0.25,
    maxInterceptError: 0.25,
    risk: 0.05,
    maxSizeMb: 100,
    maxLatencyMs: 100,
    segments: [],
  };
  return {
    kind: "environment",
    stack: environment,
    environment,
    target: "azure",
    tier: production ? "production" : "development",
    profile: production ? "standard" : "frugal",
    forge: gitlab,
    ports: {},
    monitorCron: "0 3 * * *",
    signingKey: 1,
    monitorRetrains: false,
    alerts: {},
    useCases: [
      {
        name: "bank-churn",
        rows: 1000,
        training: { cpu: 2, memoryGb: 8, gpu: false },
        monitorPartitions: 1,
        callers: ["person:*"],
        contract: { target: "exited", id: "customer_id" },
        gates,
      },
    ],
    governance: { owner: "risk", costCenter: "42", dataClassification },
    cluster: {
      domain: "example.com",
      ingressClass: "nginx",
      ingressNamespace: "ingress",
      ingressRanges: [],
      ingressByService: false,
      runner: false,
      prometheus: false,
      prometheusNamespace: "monitoring",
      buildImages: false,
      egressRanges: ["192.0.2.0/24"],
      egressPorts: [],
      dns: { ...usualDns, ranges: [] },
    },
    azure: {
      subscriptionId,
      tenantId,
      location: "westeurope",
      ...(pairedLocation && { pairedLocation }),
      instance: "a1b2",
      resourceGroup: `rg-ecluse-${environment}`,
      network: {
        addressSpace: "10.20.0.0/20",
        clientRanges: ["172.16.20.0/24"],
        egress: "natGateway",
        egressAddresses: [],
      },
      nodes: {
        kubernetesVersion: "1.34",
        systemSize: "Standard_D2as_v5",
        userSize: "Standard_D4as_v5",
        maxUserNodes: 3,
        zones: production ? ["1", "2", "3"] : [],
      },
      database: {
        size: production ? "Standard_D2ds_v5" : "Standard_B1ms",
        tier: variant.databaseTier ?? (production ? "GeneralPurpose" : "Burstable"),
        storageGb: 128,
        version: "17",
        pgaudit: variant.pgaudit ?? true,
        access,
      },
      groups: {
        clusterAdmins: "admins",
        databaseAdmins: { id: "dba-id", name: "dba" },
        auditors: "auditors-id",
        dataLanders: "landers-id",
      },
      deployer: { reach: "vnet", login: "azurecli" },
      budget: { amount: 100, startDate: "2026-12-01" },
      alertEmails: ["ops@example.com"],
    },
  } satisfies EnvironmentSettings;
}

/** A network that is there. */
export function fakeNetwork() {
  const id = (name: string) => pulumi.output(`/subnets/${name}`);
  return {
    nodesSubnetId: id("nodes"),
    endpointsSubnetId: id("endpoints"),
    databaseSubnetId: id("database"),
    ranges: {
      nodes: "10.20.0.0/21",
      endpoints: "10.20.8.0/24",
      database: "10.20.9.0/24",
      apiServer: "10.20.10.0/24",
    },
    securityGroups: { nodes: pulumi.output("/securityGroups/nodes") },
    privateZone: (zone) => pulumi.output(`/zones/${zone}`),
  } satisfies Partial<Network>;
}

/** A workspace and people that are there. */
export const fakeMonitoring = ({ settings }: AzureEnvironment) =>
  ({
    workspaceId: pulumi.output("/workspace"),
    actionGroupId: pulumi.output("/action-group"),
    metricAlerts: profiles[settings.profile].metricAlerts,
  }) satisfies Partial<Monitoring>;

/** Every role as role id, kind of principal, principal and scope. */
export const rolesOf = (all: readonly Registered[]) =>
  ofType(all, "authorization:RoleAssignment").map(({ inputs }) => [
    inputs.roleDefinitionId.split("/").at(-1),
    inputs.principalType,
    inputs.principalId,
    inputs.scope,
  ]);

/** The resources of one type of Azure. */
export const ofType = (all: readonly Registered[], type: string) =>
  all.filter((one) => one.type === `azure-native:${type}`);

/** Names of private endpoints on Azure, and to which part of which resource each leads. */
export const endpointsOf = (all: readonly Registered[]) =>
  ofType(all, "network:PrivateEndpoint").map(({ inputs }) => {
    const [{ name, privateLinkServiceId, groupIds }] = inputs.privateLinkServiceConnections;
    return [name, groupIds[0], privateLinkServiceId.split("/").at(-1)];
  });

/** What a part sends to the workspace: the resource and its categories. */
export const logsOf = (all: readonly Registered[]) =>
  ofType(all, "monitor:DiagnosticSetting").map(({ inputs }) => [
    inputs.resourceUri.split("/providers/").at(-1),
    inputs.logs.map(({ category }: { category: string }) => category),
  ]);

/** What is locked. */
export const locksOf = (all: readonly Registered[]) =>
  ofType(all, "authorization:ManagementLockByScope").map(({ inputs }) => inputs.scope.split("/").at(-1));

/** The rules of the metric alerts, with what each watches. */
export const alertsOf = (all: readonly Registered[]) =>
  ofType(all, "monitor:MetricAlert").map(({ inputs }) => [
    inputs.ruleName,
    inputs.scopes[0].split("/").at(-1),
  ]);

/** A resource as it was registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs are looked into by path.
  readonly inputs: any;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  /** Inputs that were registered as secrets. */
  readonly secretPaths: readonly string[];
  /** Names of the resources it depends on. */
  readonly dependsOn: readonly string[];
  /** Type of the resource that it belongs to, and its name; empty at the root. */
  readonly parent: { readonly type: string; readonly name: string };
}

/** The one resource of a type, or of a type and name. */
export function only(all: readonly Registered[], type: string, name?: string): Registered {
  const found = all.filter((one) => one.type.endsWith(`:${type}`) && (!name || one.name === name));
  if (found.length !== 1) throw new Error(`${found.length} resources are ${type} ${name ?? ""}`);
  return found[0] as Registered;
}

/**
 * What a program registers, in a preview where asked, by mocks that give each resource an id under the resource group.
 */
export async function registeredBy(
  program: () => void,
  call: pulumi.runtime.Mocks["call"] = ({ inputs }) => inputs,
  preview = false,
): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks({ newResource: mockResource, call }, "ecluse", "test", preview);
  watch(registered);
  try {
    program();
  } finally {
    await pulumi.runtime.disconnect();
  }
  // Resources without a tie register in any order.
  return registered.sort((one, other) => one.name.localeCompare(other.name));
}

function mockResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${inputs.resourceGroupName}/providers`;
  const id = `${inputs.resourceGroupName ? group : ""}/${type}/${name}`;
  const state = {
    ...inputs,
    name: physicalName(inputs) ?? name,
    clientId: `client-of-${name}`,
    principalId: `principal-of-${name}`,
    keyUri: `https://keys/${name}`,
    keyUriWithVersion: `https://keys/${name}/1`,
    fullyQualifiedDomainName: `${inputs.serverName}.postgres.database.azure.com`,
    loginServer: `${inputs.registryName}.azurecr.io`,
    properties: { ...inputs.properties, vaultUri: `https://${inputs.vaultName}.vault.azure.net/` },
  };
  return { id, state };
}

const physicalName = (inputs: Record<string, string>) =>
  [
    "containerName",
    "keyName",
    "accountName",
    "vaultName",
    "serverName",
    "resourceName",
    "registryName",
    "roleDefinitionId",
  ].flatMap((key) => inputs[key] ?? [])[0];

/** Mocks do not see a resource's options: the requests to the monitor have them. */
function watch(registered: Registered[]): void {
  // biome-ignore lint/suspicious/noExplicitAny: the request's class is not exported.
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  monitor.registerResource = (request: any, done: unknown) => {
    const object = request.getObject()?.toJavaScript() ?? {};
    registered.push({
      type: request.getType(),
      name: request.getName(),
      inputs: plain(object),
      protect: request.getProtect(),
      ignoreChanges: request.getIgnorechangesList(),
      secretPaths: secretPaths(object),
      parent: parentOf(request.getParent()),
      dependsOn: request.getDependenciesList().map((urn: string) => urn.split("::").at(-1)),
    });
    return register(request, done);
  };
}

/** A URN names the types of all parents, from the root: the last but one is the nearest. */
function parentOf(urn: string): Registered["parent"] {
  const [types = "", name = ""] = urn.split("::").slice(2);
  return { type: types.split("$").at(-1) ?? "", name };
}

const signature = "4dabf18193072939515e22adb298388d";

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value && "value" in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function secretPaths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (signature in value) return [path];
  return Object.entries(value).flatMap(([key, inner]) => secretPaths(inner, path ? `${path}.${key}` : key));
}
