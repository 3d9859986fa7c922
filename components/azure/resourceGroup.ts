import type { Provider } from "@pulumi/azure-native/provider";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { azureNames } from "./naming";
import type { AzureScope } from "./scope";

/** What an environment's resource group is made from. */
export interface ResourceGroupArgs
  extends Omit<AzureScope, "names" | "resourceGroupName" | "resourceGroupId" | "options"> {
  /** Physical name of the group. */
  readonly resourceGroup: string;
  /** Two to six letters and digits that make global names unique. */
  readonly instance: string;
  readonly provider: Provider;
}

/** The resource group that holds one environment and nothing else. */
export class ResourceGroup extends pulumi.ComponentResource {
  /** Where the environment's other parts are made. */
  readonly scope: AzureScope;

  constructor(name: string, args: ResourceGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:azure:ResourceGroup", name, {}, opts);
    const { resourceGroup, instance, provider, ...rest } = args;
    const { location, tags } = rest;
    const group = new resources.ResourceGroup(
      name,
      { resourceGroupName: resourceGroup, location, tags },
      { provider, parent: this },
    );
    this.scope = {
      ...rest,
      names: azureNames(args.environment, instance),
      resourceGroupName: group.name,
      resourceGroupId: group.id,
      options: { provider },
    };
    this.registerOutputs({ resourceGroupId: group.id });
  }
}
