import { join } from "node:path";

/** The folder that holds everything of this machine's cluster; it needs a short path, for sockets. */
export const folder = process.env.ECLUSE_CLUSTER ?? "/var/lib/ecluse-cluster";

/** A file of the cluster. */
export const at = (...names: readonly string[]) => join(folder, ...names);

/** What `kubectl` and Pulumi reach the cluster with, as its administrator. */
export const kubeconfig = at("kubeconfig");

/** The context in that file. */
export const context = "ecluse";

/** The node, which is the control plane too, and this machine as pods see it: the ends of one virtual cable. */
export const addresses = { node: "10.245.0.1", machine: "10.245.0.2", dns: "10.96.0.10", api: "10.96.0.1" };

/** Where pods and Services have their addresses. */
export const ranges = { pods: "10.244.0.0/16", services: "10.96.0.0/16" };

/** Where the API server answers, for this machine and for the cluster's own programs. */
export const server = `https://${addresses.node}:6443`;

/** Where nodes pull images from, inside of the cluster's own network. */
export const registry = "127.0.0.1:5055";

/** The variables with which a shell reaches the cluster: past a proxy, where it names one. */
export function shellVariables(shell: NodeJS.ProcessEnv): Record<string, string> {
  const proxied = Object.keys(shell).some((name) => /^https?_proxy$/i.test(name));
  const direct = [shell.NO_PROXY ?? shell.no_proxy, addresses.node, ...Object.values(ranges)];
  return { KUBECONFIG: kubeconfig, ...(proxied && { NO_PROXY: direct.filter(Boolean).join(",") }) };
}
