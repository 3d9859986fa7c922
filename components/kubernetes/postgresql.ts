import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { namespaces } from "../naming";
import { databaseVariables } from "../processes/tracking";
import { stateful } from "../stateful";
import { variables } from "./access";
import { prometheusPeer } from "./alerts";
import type { Authority } from "./authority";
import type { ClusterDatabase, Pod, PodAccess, PodScope, SecretStore } from "./foundation";
import { podPeer, tcp } from "./policy";
import { clusterSpec, databaseName, databasePods, type PostgresqlSpecArgs } from "./postgresqlSpec";

/** What PostgreSQL in a cluster is made from; the operator CloudNativePG must be there. */
export interface PostgresqlArgs extends PostgresqlSpecArgs {
  /** It runs in the namespace `<environment>-data`. */
  readonly environment: string;
  readonly options: PodScope["options"];
  /** Signs its certificate. */
  readonly authority: Authority;
  /** Keeps the passwords of its roles. */
  readonly secrets: Pick<SecretStore, "values" | "random">;
  /** CIDR range of the API server, as pods see it. */
  readonly apiServerRange: string;
  /** Where Prometheus runs that reads its metrics; undefined for none. */
  readonly prometheusNamespace?: string;
}

/** The roles that log in: `prepare` owns both databases, `tracking` reads and writes rows. */
const roles = ["prepare", "tracking"] as const;

type Role = (typeof roles)[number];

const isRole = (role: string): role is Role => (roles as readonly string[]).includes(role);

const apiVersion = "postgresql.cnpg.io/v1";

/** PostgreSQL by CloudNativePG, in the environment's data namespace, by TLS and passwords of its own only. */
export class Postgresql extends pulumi.ComponentResource implements ClusterDatabase {
  readonly host: pulumi.Output<string>;
  readonly port = pulumi.output(5432);
  private readonly namespace: string;
  private readonly passwords: ReadonlyMap<Role, pulumi.Output<string>>;
  private readonly ready: readonly pulumi.Resource[];

  constructor(
    name: string,
    private readonly args: PostgresqlArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:kubernetes:Postgresql", name, {}, opts);
    const { secrets, authority } = args;
    const options = { ...args.options, parent: this };
    this.namespace = namespaces(args.environment).data;
    this.passwords = new Map(roles.map((role) => [role, secrets.random(`${name}-password-${role}`, 32)]));
    const kept = [...this.passwords].map(([role, password]) =>
      passwordSecret(name, options, this.namespace, role, password),
    );
    const { secret: certificate } = authority.serverCertificate(`${databaseName}-rw`, this.namespace);
    const policy = databasePolicy(name, args, options);
    this.ready = postgresql(name, args, options, [...kept, certificate, policy]);
    this.host = pulumi.output(`${databaseName}-rw.${this.namespace}.svc.cluster.local`);
    this.registerOutputs({ host: this.host, port: this.port });
  }

  /** What the pods of `prepare` and `tracking` log in by. Throws for a pod of another role. */
  access(pod: Pod): PodAccess {
    const { authority, secrets } = this.args;
    const { role } = pod;
    if (!isRole(role))
      throw new pulumi.RunError(`${role} has no role in PostgreSQL: only ${roles.join(" and ")} log in`);
    const trust = authority.trust(pod.namespace);
    const PGPASSWORD = this.passwords.get(role) as pulumi.Output<string>;
    const password = secrets.values(pod, `database-${role}`, { PGPASSWORD });
    const env = [
      ...variables(databaseVariables((database) => this.uri(role, database))).env,
      ...password.env,
    ];
    const dependsOn = [...this.ready, ...trust.dependsOn, ...password.dependsOn];
    return { ...trust, env, egress: [{ to: [databasePeer(this.namespace)], ports: [5432] }], dependsOn };
  }

  private uri(role: Role, database: string): string {
    const host = `${databaseName}-rw.${this.namespace}.svc.cluster.local`;
    const tls = `sslmode=verify-full&sslrootcert=${this.args.authority.folder}/ca.crt`;
    return `postgresql+psycopg2://${role}@${host}:5432/${database}?${tls}`;
  }
}

/** The password of a role as the operator reads it; a label makes it see a new one. */
const passwordSecret = (
  name: string,
  options: PodScope["options"],
  namespace: string,
  role: Role,
  password: pulumi.Output<string>,
) =>
  new core.Secret(
    `${name}-${role}`,
    {
      metadata: { name: `database-${role}`, namespace, labels: { "cnpg.io/reload": "true" } },
      type: "kubernetes.io/basic-auth",
      stringData: { username: role, password: pulumi.secret(password) },
    },
    options,
  );

/** The cluster with its two databases and its backups; gives what those who use it wait for. */
function postgresql(
  name: string,
  args: PostgresqlArgs,
  { dependsOn = [], ...options }: PodScope["options"],
  before: pulumi.Resource[],
): readonly pulumi.Resource[] {
  const namespace = namespaces(args.environment).data;
  const cluster = new CustomResource(
    name,
    {
      apiVersion,
      kind: "Cluster",
      metadata: { name: databaseName, namespace, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
      spec: clusterSpec(args),
    },
    {
      ...options,
      dependsOn: [...dependsOn, ...before, ...args.backups.dependsOn],
      ...stateful(`kubernetes:${apiVersion}:Cluster`, args.production),
      customTimeouts: { create: "20m", update: "30m" },
    },
  );
  const after = { ...options, dependsOn: [cluster] };
  scheduledBackup(name, namespace, after);
  return [cluster, authDatabase(name, namespace, after)];
}

function scheduledBackup(name: string, namespace: string, options: pulumi.CustomResourceOptions): void {
  const spec = {
    // Six fields: seconds come first.
    schedule: "0 30 1 * * *",
    immediate: true,
    method: "barmanObjectStore",
    target: "prefer-standby",
    backupOwnerReference: "cluster",
    cluster: { name: databaseName },
  };
  const metadata = { name: databaseName, namespace };
  new CustomResource(`${name}-backups`, { apiVersion, kind: "ScheduledBackup", metadata, spec }, options);
}

/** The database of users' rights, beside the one of tracking. */
function authDatabase(name: string, namespace: string, options: pulumi.CustomResourceOptions) {
  const annotations = { "pulumi.com/waitFor": "jsonpath={.status.applied}=true" };
  const spec = {
    name: "auth",
    owner: "prepare",
    ensure: "present",
    // An object that is deleted by mistake takes no data with it.
    databaseReclaimPolicy: "retain",
    cluster: { name: databaseName },
  };
  const metadata = { name: "auth", namespace, annotations };
  return new CustomResource(`${name}-auth`, { apiVersion, kind: "Database", metadata, spec }, options);
}

type Peer = input.networking.v1.NetworkPolicyPeer;

const cluster = { podSelector: databasePods };

/** The pods of PostgreSQL, from any namespace. */
const databasePeer = (namespace: string): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  ...cluster,
});

/** The operator, where its manifests put it. */
const operator: Peer = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "cnpg-system" } },
  podSelector: { matchLabels: { "app.kubernetes.io/name": "cloudnative-pg" } },
};

/**
 * Opens PostgreSQL to its two clients, its operator, its own replicas and, if asked, Prometheus; it reaches the API
 * server and its backups.
 */
function databasePolicy(name: string, args: PostgresqlArgs, options: PodScope["options"]) {
  const { platform, data: namespace } = namespaces(args.environment);
  const metrics = args.prometheusNamespace;
  const clients = roles.map((role) => podPeer({ role, namespace: platform }));
  return new networking.NetworkPolicy(
    `${name}-policy`,
    {
      metadata: { name: databaseName, namespace },
      spec: {
        ...cluster,
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: clients, ports: tcp(5432) },
          // 8000 is the instance manager's, where the operator and the replicas ask for state.
          { from: [operator, cluster], ports: tcp(5432, 8000) },
          ...(metrics ? [{ from: [prometheusPeer(metrics)], ports: tcp(9187) }] : []),
        ],
        egress: [
          { to: [cluster], ports: tcp(5432, 8000) },
          { to: [{ ipBlock: { cidr: args.apiServerRange } }], ports: tcp(443, 6443) },
          ...args.backups.egress.map(({ to, ports }) => ({ to, ports: tcp(...ports) })),
        ],
      },
    },
    options,
  );
}
