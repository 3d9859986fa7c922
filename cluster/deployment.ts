import type { KubernetesObject } from "./client";

/** Lets who is not root listen at ports such as 53 and 443. */
export const lowPorts = { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] };

/** What a container of the cluster's own programs may not do. */
export const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** One pod of a program of the cluster, made again when it ends. */
export const deployment = (
  place: { readonly name: string; readonly namespace: string },
  labels: Readonly<Record<string, string>>,
  pod: object,
): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { ...place, labels },
  spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
});
