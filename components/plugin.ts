// The components that make sense alone, as a Pulumi package (PulumiPlugin.yaml). Pulumi reads the types of their
// arguments, and the comments on these, from here.
import * as pulumi from "@pulumi/pulumi";
import type { Grant } from "./contracts";
import { InputError } from "./errors";
import {
  apiServerEgress,
  ClusterIssuer,
  ClusterSecrets,
  type Credentials,
  existingDatabase,
  existingStore,
  IsolatedNamespace,
  ModelServer as KubernetesModelServer,
  TrackingServer as KubernetesTrackingServer,
  type Pod,
  type PodScope,
  podScope,
  podsOf,
} from "./kubernetes";
import { platformQuota, type Quota, servingQuota } from "./kubernetes/quotas";
import { namespaces } from "./naming";

/** The cluster that pods run on. The Kubernetes provider is an option of the component (`providers`). */
export interface Cluster {
  /** `iss` of its ServiceAccount tokens (`--service-account-issuer`). */
  issuer: string;
  /** CIDR range of the API server, as pods see it. */
  apiServerRange: string;
  /** CIDR ranges outside of the cluster that servers may reach on port 443: the GitLab, the provider of logins. */
  egressRanges?: string[];
}

/** A PostgreSQL with the databases `tracking` and `auth`, and the roles `prepare`, which owns them, and `tracking`. */
export interface Database {
  host: string;
  port: number;
  /** CIDR range of the server, for NetworkPolicies. */
  range: string;
}

/** A blob store with the buckets `<prefix>-artifacts` and so on. */
export interface Store {
  /** `s3` or `azure`. */
  kind: string;
  endpoint: string;
  region: string;
  prefix: string;
  /** CIDR range of the endpoint, for NetworkPolicies. */
  range: string;
  port: number;
}

/** What opens the store; Pulumi keeps it as a secret. */
export interface StoreKeys {
  /** Of a store of kind `s3`. */
  accessKey?: pulumi.Input<string>;
  /** Of a store of kind `s3`. */
  secretKey?: pulumi.Input<string>;
  /** Of a store of kind `azure`. */
  connectionString?: pulumi.Input<string>;
}

/** A role in the workspace of one use case, for one machine's MLflow user. */
export interface GrantArgs {
  /** `ci:<project>:<environment>:<role>` or `workload:<use case>:<environment>:<role>`. */
  principal: string;
  workspace: string;
  /** `dev-ci`, `train`, `release`, `serve` or `monitor`. */
  role: string;
}

/** What a tracking server is made from. */
export interface TrackingServerArgs extends StoreKeys {
  /** It runs in the namespace `<environment>-platform`, which is made. */
  environment: string;
  /** The platform's image `mlflow`, by digest. */
  image: string;
  cluster: Cluster;
  database: Database;
  /** Password of the database's role `prepare`. */
  preparePassword: pulumi.Input<string>;
  /** Password of the database's role `tracking`. */
  trackingPassword: pulumi.Input<string>;
  store: Store;
  /** The callers that it trusts: the document `ECLUSE_IDENTITY`. */
  // biome-ignore lint/suspicious/noExplicitAny: a document, whose schema is the server's
  identity: pulumi.Input<any>;
  /** Names of the use cases. */
  workspaces: string[];
  grants: GrantArgs[];
}

/** An MLflow tracking server and registry on a cluster; every caller shows a JWT. */
export class TrackingServer extends pulumi.ComponentResource {
  /** Address for the pods of the cluster. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: TrackingServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:index:TrackingServer", name, {}, opts);
    const { environment, image, identity, workspaces } = args;
    const grants = args.grants.map(checkGrant);
    const store = keyedStore(args);
    const scope = isolatedScope(this, namespaces(environment).platform, args.cluster, platformQuota);
    const { tracking, serve, monitor, train } = podsOf(environment);
    const clients = workspaces.flatMap((name) => [serve(name), monitor(name), train(name)]);
    const server = new KubernetesTrackingServer(
      name,
      {
        ...{ environment, image, identity, workspaces, grants, scope, clients },
        database: existingDatabase(args.database, passwords(args, scope)),
        store: store(scope),
        secrets: new ClusterSecrets(`${name}-secrets`, scope, { parent: this }),
        issuer: clusterIssuer(this, name, tracking, args.cluster, scope),
      },
      { parent: this },
    );
    this.url = server.url;
    this.registerOutputs({ url: this.url });
  }
}

/** What a model server is made from. */
export interface ModelServerArgs extends StoreKeys {
  /** It runs in the namespace `<environment>-<use case>`, which is made. */
  environment: string;
  /** Its registered model is the one of this name. */
  useCase: string;
  /** The platform's image `serving`, by digest. */
  image: string;
  cluster: Cluster;
  store: Store;
  /** The callers that it trusts: the document `ECLUSE_IDENTITY`. */
  // biome-ignore lint/suspicious/noExplicitAny: a document, whose schema is the server's
  identity: pulumi.Input<any>;
  /** Address of the tracking server. */
  trackingUrl: pulumi.Input<string>;
  /** Public half of the key that signs released models, PEM. */
  signingPublicKey: pulumi.Input<string>;
  replicas: number;
  /** Callers reach it at `<use case>.<domain>`. */
  domain: string;
  ingressClass: string;
  /** Namespace of the ingress controller. */
  ingressNamespace: string;
}

/** The server of one use case's champion; it loads nothing that the release has not signed. */
export class ModelServer extends pulumi.ComponentResource {
  /** Address for the pods of the cluster. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ModelServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:index:ModelServer", name, {}, opts);
    const { environment, useCase, image, identity, trackingUrl, signingPublicKey, replicas, domain } = args;
    const store = keyedStore(args);
    const namespace = namespaces(environment).useCase(useCase);
    const scope = isolatedScope(this, namespace, args.cluster, servingQuota(replicas));
    const server = new KubernetesModelServer(
      name,
      {
        ...{ environment, useCase, image, identity, trackingUrl, signingPublicKey, scope },
        replicas: [replicas, replicas],
        store: store(scope),
        issuer: clusterIssuer(this, name, podsOf(environment).serve(useCase), args.cluster, scope),
        ingress: {
          domain,
          className: args.ingressClass,
          namespace: args.ingressNamespace,
          ranges: [],
          byService: false,
        },
        clients: [podsOf(environment).release],
      },
      { parent: this },
    );
    this.url = server.url;
    this.registerOutputs({ url: this.url });
  }
}

/** A namespace of its own for the pods of a component, and the scope to make them in. */
function isolatedScope(
  parent: pulumi.Resource,
  namespace: string,
  { egressRanges = [] }: Cluster,
  quota: Quota,
): PodScope {
  const labels = { "app.kubernetes.io/part-of": "ecluse", "app.kubernetes.io/managed-by": "pulumi" };
  const made = new IsolatedNamespace(namespace, { labels, annotations: {}, quota }, { parent });
  return podScope({ parent, dependsOn: [made] }, egressRanges);
}

function clusterIssuer(
  parent: pulumi.Resource,
  name: string,
  reader: Pod,
  cluster: Cluster,
  { options }: PodScope,
): ClusterIssuer {
  const apiServer = apiServerEgress(cluster.apiServerRange);
  // Of the pod's own name: two components of one environment must not share an object of the cluster.
  const bindingName = `ecluse-${reader.name}-issuer-discovery`;
  const issuer = { bindingName, readers: [reader], issuer: cluster.issuer, apiServer, options };
  return new ClusterIssuer(`${name}-issuer`, issuer, { parent });
}

const passwords = (args: TrackingServerArgs, { options }: PodScope): Credentials => ({
  options,
  values: ({ role }) => ({ password: role === "prepare" ? args.preparePassword : args.trackingPassword }),
});

/** The store with its keys, checked before anything is made. */
function keyedStore({ store: { kind, ...rest }, ...given }: StoreKeys & { readonly store: Store }) {
  if (kind !== "s3" && kind !== "azure") throw new InputError("store.kind", kind, "set it to s3 or azure");
  const names = ({ s3: ["accessKey", "secretKey"], azure: ["connectionString"] } as const)[kind];
  const keys = Object.fromEntries(names.map((name) => [name, required(name, given[name], kind)]));
  return ({ options }: PodScope) => existingStore({ kind, ...rest }, { options, values: () => keys });
}

function required(name: keyof StoreKeys, key: StoreKeys[keyof StoreKeys], kind: string) {
  if (key === undefined) throw new InputError(name, key, `a store of kind ${kind} is opened by it`);
  return key;
}

const roles = ["dev-ci", "train", "release", "serve", "monitor"] as const satisfies readonly Grant["role"][];

function checkGrant({ role, ...rest }: GrantArgs): Grant {
  const known = roles.find((one) => one === role);
  if (known) return { ...rest, role: known };
  throw new InputError("grants.role", role, `set it to one of ${roles.join(", ")}`);
}
