import { addresses } from "./addresses";
import type { KubernetesObject } from "./client";
import { deployment, lowPorts, restricted } from "./deployment";
import type { Hosts } from "./hosts";
import { dnsRelease } from "./programs";
import { clusterRights } from "./rights";

const name = "coredns";
const namespace = "kube-system";
// By this label the platform's NetworkPolicies know it.
const labels = { "k8s-app": "kube-dns" };

const corefile = (hosts: Hosts) => `.:53 {
  errors
  ready
  cache 30
  hosts {
${Object.entries(hosts)
  .map(([host, address]) => `    ${address} ${host}`)
  .join("\n")}
    fallthrough
  }
  kubernetes cluster.local in-addr.arpa {
    pods insecure
  }
}
`;

const rights = clusterRights(
  name,
  [
    { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
  ],
  { namespace },
);

const pod = {
  serviceAccountName: name,
  // Its own resolver must not be itself.
  dnsPolicy: "Default",
  priorityClassName: "system-cluster-critical",
  terminationGracePeriodSeconds: 90,
  securityContext: lowPorts,
  volumes: [{ name: "config", configMap: { name } }],
  containers: [
    {
      name,
      image: `ecluse.local/coredns:v${dnsRelease}`,
      args: ["-conf", "/etc/coredns/Corefile"],
      ports: [
        { name: "dns", containerPort: 53, protocol: "UDP" },
        { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
      ],
      readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 2 },
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "170Mi" } },
      securityContext: restricted,
      // There is no other one: pods that a drained node ends beside it still ask for names.
      lifecycle: { preStop: { sleep: { seconds: 60 } } },
      volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
    },
  ],
};

const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "kube-dns", namespace, labels },
  spec: {
    clusterIP: addresses.dns,
    selector: labels,
    ports: [
      { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
      { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
    ],
  },
};

/** The cluster's DNS. */
export const dnsObjects = (hosts: Hosts): KubernetesObject[] => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
  ...rights,
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { Corefile: corefile(hosts) } },
  deployment({ name, namespace }, labels, pod),
  service,
];
