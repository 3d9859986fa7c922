import type { Provider } from "@pulumi/azure-native/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureNames } from "./naming";

/** Where the parts of one environment are made on Azure, and what each of them is marked with. */
export interface AzureScope {
  readonly environment: string;
  /** Production is closed further, and what holds its data cannot be deleted. */
  readonly production: boolean;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly location: string;
  readonly names: AzureNames;
  /** The environment's resource group: its name, and its id for role assignments. */
  readonly resourceGroupName: pulumi.Output<string>;
  readonly resourceGroupId: pulumi.Output<string>;
  readonly tags: Readonly<Record<string, string>>;
  /** The explicit provider, since default providers are off; inside of a component, that component. */
  readonly options: { readonly provider: Provider; readonly parent?: pulumi.Resource };
}

/** Inputs that resources with a location have in common. */
export const placed = ({ resourceGroupName, location, tags }: AzureScope) => ({
  resourceGroupName,
  location,
  tags,
});
