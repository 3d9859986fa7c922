import type { Mutation } from "./mutation";
import { azure, broken, logsOf, object } from "./place";

const reference = "pulumi:pulumi:StackReference";
const variable = "gitlab:index/projectVariable:ProjectVariable";
const login = "pulumi:providers:azure-native";

const environmentRows: (Mutation | Mutation[])[] = [
  {
    stack: "prod",
    type: reference,
    name: "dev",
    rule: "ENV-01",
    add: true,
    set: { name: "organization/ecluse/dev" },
  },
  broken({ stack: "local-prod", type: reference }, "ENV-01", { name: "organization/ecluse/local-dev" }),
  broken(object("core/v1:LimitRange"), "ENV-05", { "metadata.namespace": "default" }),
  broken(object("core/v1:Namespace", "bank-churn"), "ENV-05", { "metadata.name": "bank-churn" }),
  broken({ ...object("apps/v1:Deployment", "tracking"), stack: "onprem-dev" }, "ENV-05", {
    "metadata.namespace": "kube-system",
  }),
  { stack: "prod", type: variable, rule: "ENV-06", add: true, set: { environmentScope: "*" } },
  { stack: "dev", type: variable, rule: "ENV-06", add: true, set: { key: "MLFLOW_TRACKING_URI" } },
  broken({ stack: "local-prod", type: "ecluse-local:index:CiVariable" }, "ENV-06", { environment: "*" }),
];

const inProd = { stack: "prod", with: "dev" } as const;
const onPremises = { stack: "onprem-prod", with: "onprem-dev" } as const;
const copied = (place: Pick<Mutation, "type" | "name">, rule: string, ...paths: string[]): Mutation => ({
  ...place,
  ...inProd,
  rule,
  copied: paths,
});
const policy = object("networking.k8s.io/v1:NetworkPolicy", "bank-churn-serve-policy");
const proxy = object("apps/v1:Deployment", "proxy");
const network = azure("network:VirtualNetwork");
const classes = object("secrets-store.csi.x-k8s.io/v1:SecretProviderClass", "tracking-session-key");

const acrossRows: (Mutation | Mutation[])[] = [
  copied(logsOf("vault"), "ENV-02", "workspaceId"),
  copied(classes, "ENV-02", "spec.parameters.keyvaultName"),
  broken({ ...object("apps/v1:Deployment", "tracking"), ...inProd }, "ENV-02", {
    "spec.template.spec.containers.0.env.ECLUSE_ARTIFACTS.value":
      "wasbs://artifacts@steclusedeva1.blob.core.windows.net/",
  }),
  broken({ ...policy, ...onPremises }, "ENV-02", {
    "spec.ingress.0.from.0.namespaceSelector": {
      matchLabels: { "kubernetes.io/metadata.name": "dev-platform" },
    },
  }),
  broken({ ...object("apps/v1:Deployment", "bank-churn-serve"), ...onPremises }, "ENV-02", {
    "spec.template.spec.containers.0.env.MLFLOW_TRACKING_URI.value":
      "http://tracking.dev-platform.svc.cluster.local:5000",
  }),
  {
    ...object("rbac.authorization.k8s.io/v1:RoleBinding", "guest"),
    ...onPremises,
    rule: "ENV-02",
    add: true,
    set: { subjects: [{ kind: "ServiceAccount", name: "train", namespace: "dev-bank-churn" }] },
  },
  {
    ...copied({ type: login }, "ENV-04", "subscriptionId"),
    also: { type: "azure-native:resources:ResourceGroup", copied: ["resourceGroupName"] },
  },
  copied(azure("dbforpostgresql:AdministratorsMicrosoftEntra"), "ISO-01", "objectId"),
  copied(azure("containerservice:ManagedCluster"), "ISO-01", "aadProfile.adminGroupObjectIDs"),
  copied(proxy, "ISO-01", "spec.template.spec.containers.0.args"),
  { ...copied(proxy, "ISO-01", "spec.template.spec.containers.0.args"), ...onPremises },
  copied(azure("network:PrivateEndpoint", "vault-endpoint"), "ISO-02", "subnet.id"),
  copied(
    azure("privatedns:VirtualNetworkLink", "network-zones-privatelink.vaultcore.azure.net-link"),
    "ISO-02",
    "virtualNetwork.id",
  ),
  copied(network, "ISO-03", "addressSpace.addressPrefixes"),
  broken({ ...network, ...inProd }, "ISO-03", { "addressSpace.addressPrefixes.1": "10.20.0.0/14" }),
  copied(azure("storage:StorageAccount"), "ISO-04", "accountName"),
  copied(azure("managedidentity:UserAssignedIdentity", "identities-tracking"), "ISO-04", "resourceName"),
  {
    ...object("networking.k8s.io/v1:Ingress", "proxy-ingress"),
    ...onPremises,
    rule: "ISO-04",
    copied: ["spec.rules"],
  },
  copied(azure("keyvault:Secret"), "ISO-05", "properties.value"),
  copied(
    azure("managedidentity:FederatedIdentityCredential", "identities-tracking-kubernetes"),
    "ISO-06",
    "issuer",
    "subject",
  ),
  {
    ...onPremises,
    type: "pulumi:providers:kubernetes",
    rule: "ISO-07",
    copied: ["context"],
    also: {
      type: "kubernetes:core/v1:Namespace",
      name: "platform",
      set: { "metadata.name": "dev-platform" },
    },
  },
];

/** What keeps environments apart, broken as people break it. */
export const isolationMutations: readonly Mutation[] = [...environmentRows, ...acrossRows].flat();
