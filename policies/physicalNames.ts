import { UNKNOWN, type Value } from "../protocol/properties";
import type { Stack } from "./stack";
import { items, read } from "./values";

/** Where a resource says its physical name, by type. */
const nameOf: Readonly<Record<string, string>> = {
  "azure-native:authorization:RoleDefinition": "roleName",
  "azure-native:containerregistry:Registry": "registryName",
  "azure-native:containerservice:ManagedCluster": "resourceName",
  "azure-native:dbforpostgresql:Server": "serverName",
  "azure-native:keyvault:Vault": "vaultName",
  "azure-native:managedidentity:UserAssignedIdentity": "resourceName",
  "azure-native:network:VirtualNetwork": "virtualNetworkName",
  "azure-native:operationalinsights:Workspace": "workspaceName",
  "azure-native:resources:ResourceGroup": "resourceGroupName",
  "azure-native:storage:StorageAccount": "accountName",
};

/** A physical name that a stack has; undefined where it is not known yet. */
interface PhysicalName {
  readonly urn: string;
  readonly name: string | undefined;
}

const written = (value: Value | undefined) =>
  value === UNKNOWN ? undefined : String(value ?? "").toLowerCase();

/** The names of a stack that another could take for its own: of what others reach or name, and hosts. */
export function physicalNames(stack: Stack): readonly PhysicalName[] {
  const named = Object.entries(nameOf).flatMap(([type, path]) =>
    stack.of(type).map(({ urn, inputs }) => ({ urn, name: written(read(inputs, path)) })),
  );
  const hosts = stack.of("kubernetes:networking.k8s.io/v1:Ingress").flatMap(({ urn, inputs }) =>
    (items(inputs, "spec.rules") ?? [UNKNOWN]).map((rule) => ({
      urn,
      name: rule === UNKNOWN ? undefined : written(read(rule, "host")),
    })),
  );
  return [...named, ...hosts].filter(({ name }) => name !== "");
}
