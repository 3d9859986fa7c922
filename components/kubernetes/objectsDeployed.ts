import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { containers, namespaces } from "../naming";
import type { Pod, PodAccess } from "./foundation";
import {
  backupUser,
  bucketPolicy,
  landUser,
  type ObjectGrant,
  objectGrants,
  objectUser,
} from "./objectsGrants";
import { type OnPremiseStore, s3Backups, s3Environment, s3Url } from "./objectsS3";
import { objectPort, objectServer, objectsPod } from "./objectsServer";
import { byReference, type Ground, noAccess } from "./onpremiseGround";
import { podPeer } from "./policy";
import { runOnce } from "./workload";

const region = "us-east-1";
const administer = readFileSync(join(__dirname, "objects_admin.py"), "utf8");

/** Keys of every user of {@link objectGrants}: random, and told to the server and to the user's own pod only. */
function userKeys(ground: Ground, grants: readonly ObjectGrant[]) {
  const users = [...new Set(grants.map(({ user }) => user))].sort();
  return new Map(users.map((user) => [user, ground.random(`objects-${user}`, 32)] as const));
}

/** The Secret of a user with `accessKey` and `secretKey`. */
function userSecret(
  ground: Ground,
  user: string,
  key: pulumi.Output<string>,
  place: { name: string; namespace: string },
) {
  return new core.Secret(
    `${user}-objects`,
    { metadata: place, type: "Opaque", stringData: { accessKey: user, secretKey: key } },
    ground.options,
  );
}

/** The Job that makes the buckets; its name changes with what it would do, so that a new grant makes a new Job. */
function bucketJob(
  ground: Ground,
  endpoint: string,
  grants: readonly ObjectGrant[],
  server: pulumi.Resource,
) {
  const { environment } = ground.settings;
  const pod: Pod = { role: "objects-admin", namespace: namespaces(environment).data };
  const buckets = [...containers, "backups" as const].map((bucket) => ({
    name: `${environment}-${bucket}`,
    // What nobody could make again; the rest is written once, or over and over.
    versioned: bucket === "artifacts" || bucket === "data",
    policy: bucketPolicy(
      `${environment}-${bucket}`,
      grants.filter((grant) => grant.bucket === bucket),
    ),
  }));
  return runOnce(ground, pod, {
    image: ground.image("mlflow"),
    command: ["python", "-c", administer],
    env: { ECLUSE_OBJECTS: endpoint, ECLUSE_BUCKETS: JSON.stringify(buckets), AWS_DEFAULT_REGION: region },
    size: { cpu: "50m", memory: "256Mi", tmp: "64Mi" },
    access: [
      clientTrust(ground, pod.namespace),
      {
        ...noAccess,
        env: [
          byReference("AWS_ACCESS_KEY_ID", "objects-root", "ROOT_ACCESS_KEY_ID"),
          byReference("AWS_SECRET_ACCESS_KEY", "objects-root", "ROOT_SECRET_ACCESS_KEY"),
        ],
        egress: [{ to: [podPeer(objectsPod(environment))], ports: [objectPort] }],
      },
    ],
    dependsOn: [server],
  });
}

/** How the clients find the store's certificate authority: all of them beside the public ones, boto3 alone, which asks no other server. */
function clientTrust({ authority }: Ground, namespace: string): PodAccess {
  const env = [
    { name: "SSL_CERT_FILE", value: "/etc/ssl/certs/ca-certificates.crt" },
    { name: "SSL_CERT_DIR", value: authority.folder },
    { name: "AWS_CA_BUNDLE", value: `${authority.folder}/ca.crt` },
  ];
  return { ...authority.trust(namespace), env };
}

function allowed(grants: readonly ObjectGrant[], user: string, bucket: string, permissions: string): void {
  const own = grants.find((grant) => grant.user === user && grant.bucket === bucket)?.permissions ?? "";
  if ([...permissions].every((letter) => own.includes(letter))) return;
  throw new pulumi.RunError(
    `${user} asks for ${permissions} on ${bucket} and has ${own || "nothing"}: add it to objectGrants (components/kubernetes/objectsGrants.ts)`,
  );
}

/** An S3 server in the cluster, with a user for each pod that may use it. */
export function deployedStore(ground: Ground, storageGb: number, data: string): OnPremiseStore {
  const { environment, useCases } = ground.settings;
  const grants = objectGrants(ground.settings);
  const keys = userKeys(ground, grants);
  const key = (user: string) => keys.get(user) as pulumi.Output<string>;
  const { endpoint, server } = objectServer(ground, storageGb, keys);
  const ready = bucketJob(ground, endpoint, grants, server);
  const egress = [{ to: [podPeer(objectsPod(environment))], ports: [objectPort] }];
  const made = new Map<string, core.Secret>();
  const secretOf = (user: string, name: string, namespace: string) => {
    const secret = made.get(user) ?? userSecret(ground, user, key(user), { name, namespace });
    made.set(user, secret);
    return secret;
  };
  // Nobody's pod: people take these keys to land data.
  for (const { name } of useCases) secretOf(landUser(environment, name), `objects-land-${name}`, data);
  const backup = secretOf(backupUser(environment), "objects-backup", data);
  return {
    endpoint: pulumi.output(endpoint),
    artifacts: pulumi.output(`s3://${environment}-artifacts/`),
    url: (container) => pulumi.output(s3Url(`${environment}-${container}`, endpoint, region)),
    access: (pod, container, permissions) => {
      const user = objectUser(pod);
      allowed(grants, user, container, permissions);
      const name = `objects-${pod.role}`;
      const trust = clientTrust(ground, pod.namespace);
      const secret = secretOf(user, name, pod.namespace);
      const env = [...trust.env, ...s3Environment(endpoint, region, name)];
      return { ...trust, env, egress, dependsOn: [...trust.dependsOn, secret, ready] };
    },
    backups: {
      objectStore: {
        ...s3Backups(`${environment}-backups`, endpoint),
        endpointCA: { name: "objects-tls", key: "ca.crt" },
      },
      egress,
      dependsOn: [backup, ready],
    },
  };
}
