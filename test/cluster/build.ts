import { join } from "node:path";
import { kubernetesPrograms } from "../../cluster/programs";

/** Where the programs of a cluster are. */
export interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
}

/** The control plane of one Kubernetes release and its etcd, built from source once. */
export async function build(): Promise<Programs> {
  const folder = await kubernetesPrograms();
  return {
    etcd: join(folder, "server"),
    apiServer: join(folder, "kube-apiserver"),
    controllerManager: join(folder, "kube-controller-manager"),
  };
}
