import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { namespaces } from "../naming";
import type { Egress, Foundation, PodAccess } from "./foundation";
import { noAccess } from "./onpremiseGround";

/**
 * What a pod needs to call the cluster's API server: a token for it, its authority, and the openings to it. The files lie where clients
 * look for them, or in a folder of their own.
 */
export function apiServerAccess(
  egress: readonly Egress[],
  mountPath = "/var/run/secrets/kubernetes.io/serviceaccount",
): PodAccess {
  const sources = [
    { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
  ];
  return {
    ...noAccess,
    volumes: [{ name: "api-server", projected: { sources } }],
    mounts: [{ name: "api-server", mountPath, readOnly: true }],
    egress,
  };
}

const issuerFolder = "/var/run/ecluse/issuer";

/** The cluster as the issuer of its ServiceAccounts' tokens: the API server itself gives the keys, whatever address the issuer names. */
export function clusterIssuer(
  base: Pick<Foundation, "settings" | "options" | "apiServer">,
  issuer: pulumi.Input<string>,
): Pick<Foundation, "workloadIssuer" | "issuerKeys"> {
  const readsKeys = issuerDiscovery(base);
  return {
    workloadIssuer: pulumi.output(issuer).apply((known) => ({
      issuer: known,
      jwks_uri: "https://kubernetes.default.svc/openid/v1/jwks",
      ca_file: `${issuerFolder}/ca.crt`,
      token_file: `${issuerFolder}/token`,
    })),
    issuerKeys: () => ({ ...apiServerAccess(base.apiServer, issuerFolder), dependsOn: [readsKeys] }),
  };
}

/** Lets the two servers that verify workload tokens read the cluster's public keys, where the default right to it was taken away. */
function issuerDiscovery({ settings, options }: Pick<Foundation, "settings" | "options">) {
  const places = namespaces(settings.environment);
  const account = (name: string, namespace: string) => ({ kind: "ServiceAccount", name, namespace });
  const servers = settings.useCases.map(({ name }) => account("serve", places.useCase(name)));
  return new rbac.ClusterRoleBinding(
    "issuer-discovery",
    {
      metadata: { name: `ecluse-${settings.environment}-issuer-discovery` },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "system:service-account-issuer-discovery",
      },
      subjects: [account("tracking", places.platform), ...servers],
    },
    options,
  );
}
