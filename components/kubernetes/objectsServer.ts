import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { stateful } from "../stateful";
import { mounted } from "./access";
import type { Authority } from "./authority";
import type { Images, Pod, PodScope, SecretStore } from "./foundation";
import { selector } from "./labels";
import { podsOf, serviceHost } from "./pods";
import { podPeer } from "./policy";
import { databasePods } from "./postgresqlSpec";
import { certificateFiles, digestOf } from "./transport";
import { disruptionBudget, isolatedPod, metadata, service } from "./workload";

/** What an object store in the cluster is made from. */
export interface ObjectServerArgs {
  /** It runs in the namespace `<environment>-data`. */
  readonly environment: string;
  readonly useCases: readonly string[];
  readonly scope: PodScope;
  readonly images: Images;
  /** Signs its certificate. */
  readonly authority: Authority;
  readonly secrets: Pick<SecretStore, "values" | "random">;
  readonly production: boolean;
  readonly storageGb: number;
  readonly storageClass?: string;
  /** Whether release jobs run in the cluster, which read data. */
  readonly releases: boolean;
}

/** Keys of the store's users, by user; secret. */
export type UserKeys = ReadonlyMap<string, pulumi.Output<string>>;

/** Port of the deployed object store. */
export const objectPort = 8443;

const folders = { users: "/etc/objects/users", tls: "/etc/objects/tls", data: "/data" };

const start = [
  `mkdir -p ${folders.data}/objects ${folders.data}/metadata ${folders.data}/versions`,
  `exec versitygw posix ${folders.data}/objects`,
].join(" && ");

const settingsOfServer = {
  VGW_PORT: `:${objectPort}`,
  VGW_REGION: "us-east-1",
  VGW_CERT: `${folders.tls}/tls.crt`,
  VGW_KEY: `${folders.tls}/tls.key`,
  VGW_HEALTH: "/health",
  // Bucket policies decide alone, and who asked for what is on record.
  VGW_DISABLE_ACL: "true",
  VGW_ACCESS_LOG: "-",
  VGW_QUIET: "true",
  VGW_IAM_DIR: folders.users,
  VGW_IAM_CACHE_DISABLE: "true",
  // Beside the objects and not in extended attributes: some volumes have none, others have 4 KB.
  VGW_META_SIDECAR: `${folders.data}/metadata`,
  VGW_VERSIONING_DIR: `${folders.data}/versions`,
};

/** The pods that connect: those with a grant, the Job that makes the buckets, and PostgreSQL for its backups. */
function clients({
  environment,
  useCases,
  releases,
}: ObjectServerArgs): input.networking.v1.NetworkPolicyPeer[] {
  const { objectsAdmin, tracking, release, serve, monitor, compact, train, land } = podsOf(environment);
  const pods = [
    objectsAdmin,
    tracking,
    ...(releases ? [release] : []),
    ...useCases.flatMap((name) => [serve, monitor, compact, land, train].map((pod) => pod(name))),
  ];
  return [...pods.map(podPeer), { podSelector: databasePods }];
}

/** The volume of all objects. */
function volume({ options }: PodScope, pod: Pod, { storageGb, storageClass, production }: ObjectServerArgs) {
  const type = "kubernetes:core/v1:PersistentVolumeClaim";
  return new core.PersistentVolumeClaim(
    `${pod.name}-data`,
    {
      metadata: {
        ...metadata(pod),
        name: "objects-data",
        // Many classes bind a volume only when its first pod comes, which waits for this.
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        accessModes: ["ReadWriteOnce"],
        ...(storageClass && { storageClassName: storageClass }),
        resources: { requests: { storage: `${storageGb}Gi` } },
      },
    },
    { ...options, ...stateful(type, production) },
  );
}

/** The users and their keys, as the server reads them: a mounted file, so that no call over the network can add one. */
function userFile({ options }: PodScope, pod: Pod, keys: UserKeys) {
  const accounts = [...keys].map(([access, secret]) => [access, { access, secret, role: "user" }]);
  return new core.Secret(
    `${pod.name}-users`,
    {
      metadata: { name: "objects-users", namespace: pod.namespace },
      type: "Opaque",
      stringData: {
        "users.json": pulumi.secret(pulumi.jsonStringify({ accessAccounts: Object.fromEntries(accounts) })),
      },
    },
    options,
  );
}

/** The key of the store's own administrator. */
const rootKey = ({ secrets }: ObjectServerArgs, pod: Pod) =>
  secrets.values(pod, "objects-root", {
    ROOT_ACCESS_KEY_ID: secrets.random(`${pod.name}-root-name`, 10),
    ROOT_SECRET_ACCESS_KEY: secrets.random(`${pod.name}-root-key`, 32),
  });

/** The pod with its volume, its users and its certificate. */
function serverPod(
  scope: PodScope,
  pod: Pod,
  args: ObjectServerArgs,
  keys: UserKeys,
  { secret, certificate }: ReturnType<Authority["serverCertificate"]>,
) {
  return isolatedPod(scope, pod, {
    image: args.images("objects"),
    command: ["/bin/sh", "-c", start],
    env: settingsOfServer,
    size: { cpu: "250m", memory: "1Gi", tmp: "1Gi" },
    // A new certificate or user restarts it.
    reads: digestOf(certificate, ...keys.keys()),
    // A drained node ends all pods at once: model servers ship their predictions, and PostgreSQL its log, meanwhile.
    port: { number: objectPort, tls: true, alive: "/health", ready: "/health", lingers: 30 },
    access: [
      rootKey(args, pod),
      mounted("users", folders.users, { secret: { secretName: "objects-users", defaultMode: 0o440 } }),
      mounted("tls", folders.tls, certificateFiles(pod)),
      mounted("data", folders.data, { persistentVolumeClaim: { claimName: "objects-data" } }),
    ],
    ingress: [{ from: clients(args), port: objectPort }],
    dependsOn: [secret, userFile(scope, pod, keys), volume(scope, pod, args)],
  });
}

/** The S3 server: one pod on one volume, reached by TLS only, by those who have a grant only. */
export function objectServer(scope: PodScope, pod: Pod, args: ObjectServerArgs, keys: UserKeys) {
  const certificate = args.authority.serverCertificate("objects", pod.namespace);
  const { template, options } = serverPod(scope, pod, args, keys, certificate);
  const spec = {
    replicas: 1,
    serviceName: pod.role,
    selector: { matchLabels: selector(pod) },
    template,
  };
  const server = new apps.StatefulSet(pod.name, { metadata: metadata(pod), spec }, options);
  service(scope, pod, objectPort, true);
  disruptionBudget(scope, pod);
  return { endpoint: `https://${serviceHost(pod)}:${objectPort}`, server };
}
