import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureContext } from "./context";

/** The two schedules that AKS knows by name: of the cluster's version, and of the nodes' images. */
const schedules = ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"];

/** Says when Azure may upgrade the cluster: four hours a week, in production a day after every other environment. */
export function makeMaintenance(context: AzureContext, clusterName: pulumi.Input<string>): void {
  for (const configName of schedules)
    new containerservice.MaintenanceConfiguration(
      configName,
      {
        configName,
        resourceGroupName: context.resourceGroupName,
        resourceName: clusterName,
        maintenanceWindow: {
          durationHours: 4,
          startTime: "04:00",
          utcOffset: "+00:00",
          schedule: {
            weekly: { dayOfWeek: context.production ? "Sunday" : "Saturday", intervalWeeks: 1 },
          },
        },
      },
      context.options,
    );
}
