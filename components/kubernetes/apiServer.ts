import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { emptyAccess } from "./access";
import type { Egress, Pod, PodAccess, PodPlace, PodScope, WorkloadIssuer } from "./foundation";
import { podsOf } from "./pods";

/**
 * Openings to an API server of this CIDR range: some networks judge a connection before the Service's address is
 * translated, some after.
 */
export const apiServerEgress = (range: string): Egress[] => [
  { to: [{ ipBlock: { cidr: range } }], ports: [443, 6443] },
];

/**
 * What a pod needs to call the cluster's API server: a token for it, its authority, and the openings to it. The files
 * are where clients look for them, or in a folder of their own.
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
    ...emptyAccess,
    volumes: [{ name: "api-server", projected: { sources } }],
    mounts: [{ name: "api-server", mountPath, readOnly: true }],
    egress,
  };
}

const issuerFolder = "/var/run/ecluse/issuer";

/** What the issuer of a cluster's workload tokens is made from. */
export interface ClusterIssuerArgs {
  /** Name of the ClusterRoleBinding; the whole cluster has one of each name. */
  readonly bindingName: string;
  /** The servers that verify tokens, and so read the keys. */
  readonly readers: readonly PodPlace[];
  /** `iss` of the tokens: `--service-account-issuer` of the API server. */
  readonly issuer: pulumi.Input<string>;
  readonly apiServer: readonly Egress[];
  readonly options: PodScope["options"];
}

/** Who reads the issuer's keys in an environment: its tracking server and the model servers of its use cases. */
export function keyReaders(environment: string, useCases: readonly string[]) {
  const { tracking, serve } = podsOf(environment);
  return {
    bindingName: `ecluse-${environment}-issuer-discovery`,
    readers: [tracking, ...useCases.map(serve)],
  };
}

/**
 * The cluster as the issuer of its ServiceAccounts' tokens. The API server itself gives the keys, whatever address the
 * issuer names; the servers that verify tokens may read them, also where the default right to it was taken away.
 */
export class ClusterIssuer extends pulumi.ComponentResource implements WorkloadIssuer {
  readonly keys: WorkloadIssuer["keys"];
  private readonly readsKeys: pulumi.Resource;

  constructor(
    name: string,
    private readonly args: ClusterIssuerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:kubernetes:ClusterIssuer", name, {}, opts);
    this.readsKeys = discovery(name, args, this);
    this.keys = pulumi.output(args.issuer).apply((issuer) => ({
      issuer,
      jwks_uri: "https://kubernetes.default.svc/openid/v1/jwks",
      ca_file: `${issuerFolder}/ca.crt`,
      token_file: `${issuerFolder}/token`,
    }));
    this.registerOutputs({ keys: this.keys });
  }

  /** What a pod needs to fetch the keys. */
  access(_pod: Pod): PodAccess {
    return { ...apiServerAccess(this.args.apiServer, issuerFolder), dependsOn: [this.readsKeys] };
  }
}

function discovery(
  name: string,
  { bindingName, readers, options }: ClusterIssuerArgs,
  parent: pulumi.Resource,
) {
  const account = ({ role, namespace }: PodPlace) => ({ kind: "ServiceAccount", name: role, namespace });
  return new rbac.ClusterRoleBinding(
    name,
    {
      metadata: { name: bindingName },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "system:service-account-issuer-discovery",
      },
      subjects: readers.map(account),
    },
    { ...options, parent },
  );
}
