import * as pulumi from "@pulumi/pulumi";
import type { Target } from "../contracts";
import { ClusterEnvironment } from "../kubernetes/environment";
import { azureFoundation } from "./foundation";

/** The Azure target: an environment of managed parts, with its workloads on AKS. */
export const target: Target = {
  environment: (settings, parent) => {
    const { cluster, azure } = settings;
    if (!cluster || !azure)
      throw new pulumi.RunError("ecluse:azure is not set: describe the network, the sizes and the groups");
    const foundation = azureFoundation({ settings, cluster, azure }, parent);
    return new ClusterEnvironment({ foundation, settings, cluster, parent });
  },
};
