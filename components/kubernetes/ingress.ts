import * as networking from "@pulumi/kubernetes/networking/v1";
import { logicalName } from "./account";
import type { Foundation, Pod } from "./foundation";
import { metadata } from "./workload";

/** What a server shows outside of the cluster, and how much of it a caller may ask for. */
export interface Exposure {
  readonly host: string;
  readonly paths: readonly { readonly path: string; readonly pathType: "Exact" | "Prefix" }[];
  readonly maxBody: string;
  /** Requests per second of one address. */
  readonly rate: number;
}

// The names of ingress-nginx outlived it: Traefik reads them from 3.8 on. Another controller takes these from its own configuration.
const nginx = ({ maxBody, rate }: Exposure) => ({
  "nginx.ingress.kubernetes.io/ssl-redirect": "true",
  "nginx.ingress.kubernetes.io/force-ssl-redirect": "true",
  "nginx.ingress.kubernetes.io/proxy-body-size": maxBody,
  // Cookies and tokens with many groups are larger than the default.
  "nginx.ingress.kubernetes.io/proxy-buffer-size": "16k",
  "nginx.ingress.kubernetes.io/limit-rps": String(rate),
  "nginx.ingress.kubernetes.io/limit-connections": String(rate),
});

/** Shows a Service at a host, by TLS only. */
export function ingress(foundation: Foundation, pod: Pod, exposure: Exposure): networking.Ingress {
  const { ingressClass, certificateIssuer } = foundation.cluster;
  const { host, paths } = exposure;
  const backend = { service: { name: pod.role, port: { name: "http" } } };
  return new networking.Ingress(
    `${logicalName(pod)}-ingress`,
    {
      metadata: {
        ...metadata(pod),
        annotations: {
          ...nginx(exposure),
          ...(certificateIssuer && { "cert-manager.io/cluster-issuer": certificateIssuer }),
        },
      },
      spec: {
        ingressClassName: ingressClass,
        tls: [{ hosts: [host], secretName: `${host}-tls` }],
        rules: [{ host, http: { paths: paths.map((path) => ({ ...path, backend })) } }],
      },
    },
    foundation.options,
  );
}
