import type { Target } from "../contracts";
import { ClusterEnvironment } from "./environment";
import { onPremise, onPremiseSettings } from "./onpremise";

/** The Kubernetes target: an environment on a cluster that the team has. */
export const target: Target = {
  environment: (settings, parent) => {
    const checked = onPremiseSettings(settings);
    const { cluster } = checked;
    return new ClusterEnvironment({ settings, cluster, foundation: onPremise(checked, parent), parent });
  },
};
