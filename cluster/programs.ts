import { join } from "node:path";
import { goTools, moduleLine } from "./goBuild";

const kubernetes = join(__dirname, "kubernetes");

/** The release of Kubernetes: `v1.34.1`. */
export const release = moduleLine(kubernetes, /\sk8s\.io\/kubernetes (v\S+)/);

/** The release of CloudNativePG: `1.30.0`. */
export const operatorRelease = moduleLine(
  join(__dirname, "operator"),
  /\sgithub\.com\/cloudnative-pg\/cloudnative-pg v(\S+)/,
);

/** The release of CoreDNS: `1.12.4`. */
export const dnsRelease = moduleLine(join(__dirname, "dns"), /\sgithub\.com\/coredns\/coredns v(\S+)/);

/** The release of oauth2-proxy: `v7.15.6`. */
export const loginRelease = moduleLine(
  join(__dirname, "login"),
  /\sgithub\.com\/oauth2-proxy\/oauth2-proxy\/v7 (v\S+)/,
);

/** The release of Traefik: `v3.6.12`. */
export const ingressRelease = moduleLine(
  join(__dirname, "ingress"),
  /\sgithub\.com\/traefik\/traefik\/v3 (v\S+)/,
);

/** The release of kube-router: `v2.1.0`. */
const policyRelease = moduleLine(
  join(__dirname, "policies"),
  /\sgithub\.com\/cloudnativelabs\/kube-router\/v2 (v\S+)/,
);

/** The folder with one release's programs of Kubernetes, and etcd under the name `server`; built once. */
export const kubernetesPrograms = () =>
  goTools({
    folder: kubernetes,
    title: `Kubernetes ${release}`,
    ldflags: `-X k8s.io/component-base/version.gitVersion=${release}`,
  });

/** The folder with CoreDNS, as `coredns`; built once. */
export const dnsPrograms = () =>
  goTools({
    folder: join(__dirname, "dns"),
    title: `CoreDNS ${dnsRelease}`,
    ldflags: "-X github.com/coredns/coredns/coremain.GitCommit=module",
  });

/** The folder with CloudNativePG's operator, as `manager`; built once. */
export const operatorPrograms = () =>
  goTools({
    folder: join(__dirname, "operator"),
    title: `CloudNativePG ${operatorRelease}`,
    ldflags: `-X github.com/cloudnative-pg/cloudnative-pg/pkg/versions.buildVersion=${operatorRelease}`,
  });

/** The folder with the login proxy, as `oauth2-proxy`; built once. */
export const loginPrograms = () =>
  goTools({
    folder: join(__dirname, "login"),
    title: `oauth2-proxy ${loginRelease}`,
    ldflags: `-X github.com/oauth2-proxy/oauth2-proxy/v7/pkg/version.VERSION=${loginRelease}`,
  });

/** The folder with the ingress controller, as `traefik`; built once. */
export const ingressPrograms = () =>
  goTools({
    folder: join(__dirname, "ingress"),
    title: `Traefik ${ingressRelease}`,
    ldflags: `-X github.com/traefik/traefik/v3/pkg/version.Version=${ingressRelease}`,
  });

/** The folder with what enforces NetworkPolicies, as `kube-router`; built once. */
export const policyPrograms = () =>
  goTools({
    folder: join(__dirname, "policies"),
    title: `kube-router ${policyRelease}`,
    ldflags: `-X github.com/cloudnativelabs/kube-router/v2/pkg/version.Version=${policyRelease}`,
  });
