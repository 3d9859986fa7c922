import { join } from "node:path";
import { ranges } from "./addresses";
import { pki } from "./certificates";
import type { KubernetesObject } from "./client";
import { nodeName } from "./node";
import { policyPrograms } from "./programs";
import { clusterRights } from "./rights";
import { start } from "./space";

const name = "kube-router";
const watched = (apiGroup: string, ...resources: readonly string[]) => ({
  apiGroups: [apiGroup],
  resources,
  verbs: ["get", "list", "watch"],
});

/** What the enforcement of NetworkPolicies may see of the cluster. */
export const policyRights = (): KubernetesObject[] =>
  clusterRights(
    name,
    [
      watched("", "namespaces", "pods", "services", "nodes", "endpoints"),
      watched("discovery.k8s.io", "endpointslices"),
      watched("networking.k8s.io", "networkpolicies"),
    ],
    "user",
  );

/** Starts what drops each connection that no NetworkPolicy allows; networks and Services are made by others. */
export async function enforcePolicies(): Promise<void> {
  start("policies", [
    join(await policyPrograms(), "kube-router"),
    `--kubeconfig=${pki("policies.yaml")}`,
    `--hostname-override=${nodeName}`,
    "--run-firewall=true",
    "--run-router=false",
    "--run-service-proxy=false",
    `--service-cluster-ip-range=${ranges.services}`,
    "--health-port=0",
  ]);
}
