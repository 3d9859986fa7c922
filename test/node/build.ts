import { join } from "node:path";
import { goTools, moduleLine } from "../../cluster/goBuild";

/** The commit of the Kubernetes provider that is built; none of its releases is in the proxy of Go modules. */
const commit = moduleLine(
  join(__dirname, "provider"),
  /pulumi\/pulumi-kubernetes\/provider\/v4 v\S+-(\w+)$/m,
);

/** The folder of `pulumi-resource-kubernetes`, built from source once. */
export const kubernetesProvider = () =>
  goTools({
    folder: join(__dirname, "provider"),
    title: `Pulumi's Kubernetes provider (${commit})`,
    ldflags: "",
  });
