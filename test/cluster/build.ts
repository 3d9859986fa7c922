import { join } from "node:path";
import { goTools, moduleLine } from "../goBuild";

/** Where the programs of a cluster are. */
export interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
}

/** The control plane of one Kubernetes release and its etcd, built from source once. */
export async function build(): Promise<Programs> {
  const release = moduleLine(__dirname, /\sk8s\.io\/kubernetes (v\S+)/);
  const ldflags = `-X k8s.io/component-base/version.gitVersion=${release}`;
  const folder = await goTools({ folder: __dirname, title: `Kubernetes ${release}`, ldflags });
  return {
    etcd: join(folder, "server"),
    apiServer: join(folder, "kube-apiserver"),
    controllerManager: join(folder, "kube-controller-manager"),
  };
}
