import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { namespaces } from "../naming";
import { stateful } from "../stateful";
import { databasePeer, databasePolicy } from "./cnpgPolicy";
import { clusterSpec, type DatabaseArgs, databaseName } from "./cnpgSpec";
import type { ClusterDatabase, Pod, PodAccess } from "./foundation";

/** The roles that log in: `prepare` owns both databases, `tracking` reads and writes rows. */
const roles = ["prepare", "tracking"] as const;

type Role = (typeof roles)[number];

const isRole = (role: string): role is Role => (roles as readonly string[]).includes(role);

const apiVersion = "postgresql.cnpg.io/v1";

/** The password of a role as the operator reads it; a label makes it see a new one. */
const passwordSecret = (
  { options }: DatabaseArgs,
  namespace: string,
  role: Role,
  password: pulumi.Output<string>,
) =>
  new core.Secret(
    `database-${role}`,
    {
      metadata: { name: `database-${role}`, namespace, labels: { "cnpg.io/reload": "true" } },
      type: "kubernetes.io/basic-auth",
      stringData: { username: role, password: pulumi.secret(password) },
    },
    options,
  );

/** The cluster with its two databases and its backups; gives what those who use it wait for. */
function postgresql(args: DatabaseArgs, namespace: string, before: pulumi.Resource[]) {
  const production = args.settings.tier === "production";
  const { dependsOn = [], ...options } = args.options;
  const waits = { ...options, dependsOn: [...dependsOn, ...before, ...args.backups.dependsOn] };
  const cluster = new CustomResource(
    "database",
    {
      apiVersion,
      kind: "Cluster",
      metadata: { name: databaseName, namespace, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
      spec: clusterSpec(args),
    },
    {
      ...waits,
      ...stateful(`kubernetes:${apiVersion}:Cluster`, production),
      customTimeouts: { create: "20m", update: "30m" },
    },
  );
  const after = { ...options, dependsOn: [cluster] };
  new CustomResource(
    "database-backups",
    {
      apiVersion,
      kind: "ScheduledBackup",
      metadata: { name: databaseName, namespace },
      spec: {
        // Six fields: seconds come first.
        schedule: "0 30 1 * * *",
        immediate: true,
        method: "barmanObjectStore",
        target: "prefer-standby",
        backupOwnerReference: "cluster",
        cluster: { name: databaseName },
      },
    },
    after,
  );
  const auth = new CustomResource(
    "database-auth",
    {
      apiVersion,
      kind: "Database",
      metadata: {
        name: "auth",
        namespace,
        annotations: { "pulumi.com/waitFor": "jsonpath={.status.applied}=true" },
      },
      spec: {
        name: "auth",
        owner: "prepare",
        ensure: "present",
        // An object that is deleted by mistake takes no data with it.
        databaseReclaimPolicy: "retain",
        cluster: { name: databaseName },
      },
    },
    after,
  );
  return [cluster, auth];
}

/** PostgreSQL by CloudNativePG, in the environment's data namespace, by TLS and passwords of its own only. */
export function cnpgDatabase(args: DatabaseArgs): ClusterDatabase {
  const namespace = namespaces(args.settings.environment).data;
  const passwords = new Map(
    roles.map((role) => [role, args.random(`database-password-${role}`, 32)] as const),
  );
  const secrets = [...passwords].map(([role, password]) => passwordSecret(args, namespace, role, password));
  const { secret: certificate } = args.authority.serverCertificate(`${databaseName}-rw`, namespace);
  const policy = databasePolicy(args, namespace);
  const ready = postgresql(args, namespace, [...secrets, certificate, policy]);
  const host = `${databaseName}-rw.${namespace}.svc.cluster.local`;
  const uri = (role: string, name: string) =>
    `postgresql+psycopg2://${role}@${host}:5432/${name}?sslmode=verify-full&sslrootcert=${args.authority.folder}/ca.crt`;
  const access = (pod: Pod): PodAccess => {
    const { role } = pod;
    if (!isRole(role))
      throw new pulumi.RunError(`${role} has no role in PostgreSQL: only ${roles.join(" and ")} log in`);
    const trust = args.authority.trust(pod.namespace);
    const password = args.secrets(pod, `database-${role}`, {
      PGPASSWORD: passwords.get(role) as pulumi.Output<string>,
    });
    const env = [
      { name: "ECLUSE_TRACKING_DATABASE", value: uri(role, "tracking") },
      { name: "ECLUSE_AUTH_DATABASE", value: uri(role, "auth") },
      ...password.env,
    ];
    const dependsOn = [...ready, ...trust.dependsOn, ...password.dependsOn];
    return { ...trust, env, egress: [{ to: [databasePeer(namespace)], ports: [5432] }], dependsOn };
  };
  return { host: pulumi.output(host), port: pulumi.output(5432), access };
}
