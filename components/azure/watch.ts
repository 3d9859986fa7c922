import type * as pulumi from "@pulumi/pulumi";
import { makeBudget } from "./budget";
import type { AzureContext } from "./context";
import { lock } from "./lock";
import type { Monitoring } from "./monitoring";
import type { Network } from "./network";
import type { AzureRegistry } from "./registry";
import type { AzureVault } from "./vault";

/** The managed parts of an environment that are watched, beside its cluster. */
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
export function watch(context: AzureContext, monitoring: Monitoring, watched: Watched): void {
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
