import { addresses } from "./addresses";
import type { KubernetesObject } from "./client";
import { deployment, lowPorts, restricted } from "./deployment";
import { ingressRelease } from "./programs";
import { clusterRights } from "./rights";

// The shipped stacks name this namespace, and the class below.
const namespace = "traefik";
const name = "traefik";
const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/component": "controller" };

const rights = clusterRights(
  name,
  [
    { apiGroups: [""], resources: ["services", "secrets", "namespaces"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    {
      apiGroups: ["networking.k8s.io"],
      resources: ["ingresses", "ingressclasses"],
      verbs: ["get", "list", "watch"],
    },
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
  ],
  { namespace },
);

const pod = {
  serviceAccountName: name,
  securityContext: lowPorts,
  containers: [
    {
      name,
      image: `ecluse.local/traefik:${ingressRelease}`,
      args: [
        "--entrypoints.web.address=:80",
        "--entrypoints.websecure.address=:443",
        "--entrypoints.ping.address=:8082",
        "--ping.entrypoint=ping",
        "--providers.kubernetesingressnginx=true",
        `--providers.kubernetesingressnginx.publishstatusaddress=${addresses.node}`,
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
      ],
      // At the node's own address: the cluster has no load balancer.
      ports: [
        { name: "web", containerPort: 80, hostPort: 80 },
        { name: "websecure", containerPort: 443, hostPort: 443 },
      ],
      readinessProbe: { httpGet: { path: "/ping", port: 8082 }, periodSeconds: 2 },
      resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
      securityContext: restricted,
    },
  ],
};

/** The ingress controller: Traefik, which reads the annotations of ingress-nginx. */
export const ingressObjects = (): KubernetesObject[] => [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
  ...rights,
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: "nginx" },
    spec: { controller: "k8s.io/ingress-nginx" },
  },
  deployment({ name, namespace }, labels, pod),
];
