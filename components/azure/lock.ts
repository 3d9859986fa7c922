import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureScope } from "./scope";

/**
 * In production forbids to delete a resource, also by hand in the portal. Azure forbids with it to take back roles
 * given on the resource: the lock must be lifted for that.
 */
export function lock(name: string, resourceId: pulumi.Input<string>, scope: AzureScope): void {
  if (!scope.production) return;
  new authorization.ManagementLockByScope(
    `${name}-lock`,
    {
      lockName: "keep",
      level: "CanNotDelete",
      scope: resourceId,
      notes: "Holds data of production. Lift it only for a deletion that was approved.",
    },
    scope.options,
  );
}
