import type { Target } from "../contracts";
import { ClusterEnvironment } from "./environment";
import { isolatedNamespaces } from "./namespaces";
import { onPremise, onPremiseProvider, onPremiseSettings } from "./onpremise";

/** The Kubernetes target: an environment on a cluster that the team has. */
export const target: Target = {
  environment: (settings) => {
    const checked = onPremiseSettings(settings);
    const provider = onPremiseProvider(checked);
    const dependsOn = isolatedNamespaces({ settings, cluster: checked.cluster, options: { provider } });
    return new ClusterEnvironment(onPremise(checked, { provider, dependsOn }));
  },
};
