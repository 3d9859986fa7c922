import { UNKNOWN } from "../../../protocol/properties";
import type { Condition, ResourceRule } from "../../rule";
import { read } from "../../values";
import { allVerdicts, fail, open, pass, passOn } from "../../verdict";

/** Where types name the tenant that may log in, and the subscription that they are made in. */
const paths: Readonly<Record<string, Readonly<Record<string, "tenantId" | "subscriptionId">>>> = {
  "pulumi:providers:azure-native": { tenantId: "tenantId", subscriptionId: "subscriptionId" },
  "azure-native:keyvault:Vault": { "properties.tenantId": "tenantId" },
  "azure-native:dbforpostgresql:Server": { "authConfig.tenantId": "tenantId" },
  "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra": { tenantId: "tenantId" },
  "azure-native:containerservice:ManagedCluster": { "aadProfile.tenantID": "tenantId" },
  "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": { "spec.parameters.tenantId": "tenantId" },
  "kubernetes:core/v1:ServiceAccount": {
    "metadata.annotations.[azure.workload.identity/tenant-id]": "tenantId",
  },
};

/** Every tenant and subscription that it names is the environment's own. */
const ownTenant: Condition = ({ value, resource }, { environment, settings }) => {
  const azure = environment?.azure;
  const named = Object.entries(paths[resource.type] ?? {}).map(([path, key]) => {
    const found = read(value, path);
    if (found === undefined) return pass;
    if (found === UNKNOWN) return open(`${path} is not known yet`);
    if (!azure)
      return settings
        ? fail(`${path} is ${found}, and the stack is on no Azure`)
        : open("no settings name a tenant");
    return found === azure[key]
      ? passOn(() => `${path} is the environment's own`)
      : fail(`${path} is ${found}, and must be ${azure[key]}`);
  });
  return allVerdicts(named);
};

/** The rule on whose directory decides who somebody is. */
export const tenantRules: readonly ResourceRule[] = [
  {
    id: "ENV-08",
    name: "own-tenant",
    scope: "resource",
    severity: "critical",
    environments: "all",
    types: Object.keys(paths),
    description:
      "Whoever logs in does so at the environment's own tenant, and all is made in its own subscription.",
    remediation:
      "Set ecluse:azure.tenantId and subscriptionId, and hand them on as components/azure/args.ts does.",
    check: ownTenant,
  },
];
