import type { Target } from "../contracts";
import { InputError } from "../errors";
import { ClusterEnvironment } from "../kubernetes/environment";
import { azureFoundation } from "./foundation";

/** The Azure target: an environment of managed parts, with its workloads on AKS. */
export const target: Target = {
  environment: (settings, parent) => {
    const { cluster, azure } = settings;
    const fix = "describe the network, the sizes and the groups";
    if (!cluster || !azure) throw new InputError("ecluse:azure", undefined, fix);
    const foundation = azureFoundation({ settings, cluster, azure }, parent);
    return new ClusterEnvironment({ foundation, settings, cluster, parent });
  },
};
