// Two environments on Azure in one program. They share no network, no identity, no key and no data.
import * as pulumi from "@pulumi/pulumi";
import { Environment, type EnvironmentInput } from "ecluse";
import { target } from "ecluse/azure";

const config = new pulumi.Config();

/** What differs between the two environments. */
interface Differences {
  readonly tier: "development" | "production";
  readonly subscriptionId: string;
  readonly addressSpace: string;
  /** Object id of the Entra group that administers cluster and database. */
  readonly administrators: string;
}

const settingsOf = (environment: string, own: Differences): EnvironmentInput => ({
  kind: "environment",
  stack: pulumi.getStack(),
  target: "azure",
  environment,
  tier: own.tier,
  profile: own.tier === "production" ? "standard" : "frugal",
  useCases: [{ name: "churn", contract: { target: "left", id: "customer" }, gates: { metric: "r2" } }],
  governance: { owner: "data-team@example.com", costCenter: "42", dataClassification: "internal" },
  cluster: {
    domain: `${environment}.example.com`,
    ingressClass: "nginx",
    ingressNamespace: "traefik",
    // Entra ID gives the pods their tokens (service tag AzureActiveDirectory).
    egressRanges: ["20.190.128.0/18", "40.126.0.0/18"],
  },
  azure: {
    subscriptionId: own.subscriptionId,
    tenantId: config.require("tenantId"),
    location: "northeurope",
    pairedLocation: "westeurope",
    instance: "a1",
    resourceGroup: `rg-ecluse-${environment}`,
    network: {
      addressSpace: own.addressSpace,
      clientRanges: ["172.16.20.0/24"],
      egress: "natGateway",
      egressAddresses: [],
    },
    nodes: {
      kubernetesVersion: "1.34",
      systemSize: "Standard_D2ds_v5",
      userSize: "Standard_D4ds_v5",
      maxUserNodes: 3,
      zones: ["1", "2", "3"],
    },
    database: {
      size: "Standard_D2ds_v5",
      tier: "GeneralPurpose",
      storageGb: 64,
      access: "privateEndpoint",
      version: "17",
      pgaudit: true,
    },
    groups: {
      clusterAdmins: own.administrators,
      databaseAdmins: { id: own.administrators, name: `${environment}-administrators` },
    },
    deployer: { reach: "vnet", login: "azurecli" },
    budget: { amount: 500, startDate: "2026-12-01" },
    alertEmails: ["ml-platform@example.com"],
  },
});

const make = (environment: string, own: Differences) =>
  new Environment(environment, { target, settings: settingsOf(environment, own) });

const dev = make("dev", {
  tier: "development",
  subscriptionId: config.require("devSubscription"),
  addressSpace: "10.20.0.0/20",
  administrators: "00000000-0000-0000-0000-0000000000d2",
});

const prod = make("prod", {
  tier: "production",
  subscriptionId: config.require("prodSubscription"),
  addressSpace: "10.21.0.0/20",
  administrators: "00000000-0000-0000-0000-0000000000e2",
});

/** Addresses of the tracking servers for the pods of each cluster. */
export const tracking = { dev: dev.tracking, prod: prod.tracking };
