import * as azureNative from "@pulumi/azure-native/provider";
import * as k8s from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { profiles } from "../profiles";
import type { EnvironmentSettings, GitlabSettings } from "../settings";
import type { AzureContext, AzureNetwork } from "./context";
import { azureNames } from "./naming";

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
}

const group = (environment: string) =>
  `/subscriptions/${subscriptionId}/resourceGroups/rg-ecluse-${environment}`;

/** An environment's context; development is frugal and on no GitLab, production is standard and on one. */
export function contextOf(variant: Variant): AzureContext {
  const { environment, classification = "internal" } = variant;
  const production = environment === "prod";
  const settings = settingsOf(variant, classification);
  return {
    settings,
    azure: settings.azure as NonNullable<typeof settings.azure>,
    profile: profiles[settings.profile],
    production,
    names: azureNames(environment, "a1b2"),
    resourceGroupName: pulumi.output(`rg-ecluse-${environment}`),
    resourceGroupId: pulumi.output(group(environment)),
    tags: { environment },
    options: { provider: new azureNative.Provider("azure", { subscriptionId, tenantId }) },
  };
}

/** A provider of the environment's cluster. */
export const clusterProvider = () => ({ provider: new k8s.Provider("cluster", { context: "none" }) });

function settingsOf(variant: Variant, dataClassification: NonNullable<Variant["classification"]>) {
  const { environment, access = "privateEndpoint", pairedLocation = "northeurope" } = variant;
  const production = environment === "prod";
  const gates = { floor: 0.7, baselineMargin: 0, nonInferiorityMargin: 0.02, maxBrier: 0.2 };
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
    useCases: [{ name: "bank-churn", rows: 1000, gpu: false, gates }],
    governance: { owner: "risk", costCenter: "42", dataClassification },
    cluster: {
      domain: "example.com",
      ingressClass: "nginx",
      ingressNamespace: "ingress",
      runner: false,
      prometheus: false,
      buildImages: false,
      egressRanges: ["192.0.2.0/24"],
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

class PrivateEndpoint extends pulumi.CustomResource {}

/** A network that makes of a private endpoint one resource with its name. */
export function fakeNetwork(): AzureNetwork {
  const id = (name: string) => pulumi.output(`/subnets/${name}`);
  return {
    virtualNetworkId: id("vnet"),
    nodesSubnetId: id("nodes"),
    endpointsSubnetId: id("endpoints"),
    databaseSubnetId: id("database"),
    ranges: {
      nodes: "10.20.0.0/21",
      endpoints: "10.20.8.0/24",
      database: "10.20.9.0/24",
      apiServer: "10.20.10.0/24",
    },
    privateZone: (zone) => pulumi.output(`/zones/${zone}`),
    privateEndpoint: (service, _resourceId, name = service) =>
      new PrivateEndpoint("test:index:PrivateEndpoint", `endpoint-${name}`),
  };
}
