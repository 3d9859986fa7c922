// The components that make sense alone, as a Pulumi package (PulumiPlugin.yaml). Pulumi reads the types of their arguments, and the
// comments on these, from here.
import * as pulumi from "@pulumi/pulumi";
import type { Grant } from "./contracts";
import {
  apiServerEgress,
  ClusterIssuer,
  ClusterSecrets,
  type ClusterStore,
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

/** A PostgreSQL with the databases `tracking` and `auth`; passwords are in the Secrets `database-prepare` and `database-tracking`. */
export interface Database {
  host: string;
  port: number;
  /** CIDR range of the server, for NetworkPolicies. */
  range: string;
}

/** A blob store with the buckets `<prefix>-artifacts` and so on; keys are in the Secrets `objects-<role>`. */
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

/** A role in the workspace of one use case, for one machine's MLflow user. */
export interface GrantArgs {
  /** `ci:<project>:<environment>:<role>` or `workload:<use case>:<environment>:<role>`. */
  principal: string;
  workspace: string;
  /** `dev-ci`, `train`, `release`, `serve` or `monitor`. */
  role: string;
}

/** What a tracking server is made from. */
export interface TrackingServerArgs {
  /** It runs in the namespace `<environment>-platform`, which is made. */
  environment: string;
  /** The platform's image `mlflow`, by digest. */
  image: string;
  cluster: Cluster;
  database: Database;
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
    const scope = isolatedScope(this, namespaces(environment).platform, args.cluster);
    const { serve, monitor, train } = podsOf(environment);
    const clients = workspaces.flatMap((name) => [serve(name), monitor(name), train(name)]);
    const server = new KubernetesTrackingServer(
      name,
      {
        ...{ environment, image, identity, workspaces, scope, clients },
        grants: args.grants.map(checkGrant),
        database: existingDatabase(args.database),
        store: storeOf(args.store),
        secrets: new ClusterSecrets(`${name}-secrets`, scope, { parent: this }),
        issuer: clusterIssuer(this, name, podsOf(environment).tracking, args.cluster, scope),
      },
      { parent: this },
    );
    this.url = server.url;
    this.registerOutputs({ url: this.url });
  }
}

/** What a model server is made from. */
export interface ModelServerArgs {
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
    const scope = isolatedScope(this, namespaces(environment).useCase(useCase), args.cluster);
    const server = new KubernetesModelServer(
      name,
      {
        ...{ environment, useCase, image, identity, trackingUrl, signingPublicKey, scope },
        replicas: [replicas, replicas],
        store: storeOf(args.store),
        issuer: clusterIssuer(this, name, podsOf(environment).serve(useCase), args.cluster, scope),
        ingress: { domain, className: args.ingressClass, namespace: args.ingressNamespace },
        clients: [podsOf(environment).release],
      },
      { parent: this },
    );
    this.url = server.url;
    this.registerOutputs({ url: this.url });
  }
}

/** A namespace of its own for the pods of a component, and the scope to make them in. */
function isolatedScope(parent: pulumi.Resource, namespace: string, { egressRanges = [] }: Cluster): PodScope {
  const labels = { "app.kubernetes.io/part-of": "ecluse", "app.kubernetes.io/managed-by": "pulumi" };
  const quota = { cpu: 4, memory: 8, pods: 20 };
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

function storeOf({ kind, ...rest }: Store): ClusterStore {
  if (kind === "s3" || kind === "azure") return existingStore({ kind, ...rest });
  throw new pulumi.RunError(`store.kind is ${JSON.stringify(kind)}: set it to s3 or azure`);
}

const roles = ["dev-ci", "train", "release", "serve", "monitor"] as const satisfies readonly Grant["role"][];

function checkGrant({ role, ...rest }: GrantArgs): Grant {
  const known = roles.find((one) => one === role);
  if (known) return { ...rest, role: known };
  throw new pulumi.RunError(`grants.role is ${JSON.stringify(role)}: set it to one of ${roles.join(", ")}`);
}
