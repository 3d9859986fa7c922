import * as networking from "@pulumi/kubernetes/networking/v1";
import type { Pod, PodScope } from "./foundation";
import { portName } from "./pod";
import { serviceHost } from "./pods";
import { certificateName } from "./transport";
import { metadata } from "./workload";

/** The ingress controller of a cluster, and the domain that it serves for an environment. */
export interface IngressArgs {
  /** Hosts are `tracking.<domain>` and `<use case>.<domain>`. */
  readonly domain: string;
  readonly className: string;
  /** Namespace of the controller's pods, for NetworkPolicies. */
  readonly namespace: string;
  /** CIDR ranges of its nodes, where it runs in their network. */
  readonly ranges: readonly string[];
  /** Whether it sends to the address of a Service, and the cluster chooses the pod. */
  readonly byService: boolean;
  /** cert-manager ClusterIssuer. If unset, TLS Secrets named `<host>-tls` must already exist. */
  readonly certificateIssuer?: string;
}

/** What a server shows outside of the cluster, and how much of it a caller may ask for. */
export interface Exposure {
  readonly host: string;
  readonly paths: readonly { readonly path: string; readonly pathType: "Exact" | "Prefix" }[];
  readonly maxBody: string;
  /** Requests per second of one address. */
  readonly rate: number;
}

// The names of ingress-nginx outlived it: Traefik reads them from 3.8 on. Another controller takes these from its own
// configuration.
const nginx = ({ maxBody, rate }: Exposure) => ({
  "nginx.ingress.kubernetes.io/ssl-redirect": "true",
  "nginx.ingress.kubernetes.io/force-ssl-redirect": "true",
  "nginx.ingress.kubernetes.io/proxy-body-size": maxBody,
  // Cookies and tokens with many groups are larger than the default.
  "nginx.ingress.kubernetes.io/proxy-buffer-size": "16k",
  "nginx.ingress.kubernetes.io/limit-rps": String(rate),
  "nginx.ingress.kubernetes.io/limit-connections": String(rate),
});

/** Has the controller speak TLS with the server too, and verify it by the environment's authority. */
const verified = (pod: Pod) => ({
  "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS",
  "nginx.ingress.kubernetes.io/proxy-ssl-secret": `${pod.namespace}/${certificateName(pod)}`,
  "nginx.ingress.kubernetes.io/proxy-ssl-verify": "on",
  "nginx.ingress.kubernetes.io/proxy-ssl-name": serviceHost(pod),
  "nginx.ingress.kubernetes.io/proxy-ssl-server-name": "on",
});

/** Shows a Service at a host, by TLS only. */
export function ingress(
  { options, authority }: PodScope,
  pod: Pod,
  { className, byService, certificateIssuer }: IngressArgs,
  exposure: Exposure,
): networking.Ingress {
  const { host, paths } = exposure;
  const backend = { service: { name: pod.role, port: { name: portName(authority !== undefined) } } };
  const issuer = certificateIssuer && { "cert-manager.io/cluster-issuer": certificateIssuer };
  const service = byService && { "nginx.ingress.kubernetes.io/service-upstream": "true" };
  const annotations = { ...nginx(exposure), ...(authority && verified(pod)), ...service, ...issuer };
  return new networking.Ingress(
    `${pod.name}-ingress`,
    {
      metadata: { ...metadata(pod), annotations },
      spec: {
        ingressClassName: className,
        tls: [{ hosts: [host], secretName: `${host}-tls` }],
        rules: [{ host, http: { paths: paths.map((path) => ({ ...path, backend })) } }],
      },
    },
    options,
  );
}
