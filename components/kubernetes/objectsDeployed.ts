import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { type Container, containers, type Permission } from "../naming";
import { within } from "../scope";
import { emptyAccess, secretVariable } from "./access";
import type { Authority } from "./authority";
import type { Pod, PodAccess, PodScope } from "./foundation";
import {
  backupUser,
  bucketPolicy,
  type ObjectGrant,
  objectGrants,
  objectUser,
  rightsOf,
} from "./objectsGrants";
import { type Backups, type OnPremiseStore, s3Backups, s3Environment, s3Url } from "./objectsS3";
import { type ObjectServerArgs, objectPort, objectServer, type UserKeys } from "./objectsServer";
import { podsOf } from "./pods";
import { podPeer } from "./policy";
import { trustBy } from "./transport";
import { runOnce } from "./workload";

const region = "us-east-1";
const administer = readFileSync(join(__dirname, "objects_admin.py"), "utf8");

/** An S3 server in the cluster, with a user for each pod that may use it. */
export class DeployedStore extends pulumi.ComponentResource implements OnPremiseStore {
  readonly endpoint: pulumi.Output<string>;
  readonly artifacts: pulumi.Output<string>;
  readonly backups: Backups;
  private readonly address: string;
  private readonly scope: PodScope;
  private readonly grants: readonly ObjectGrant[];
  private readonly keys: UserKeys;
  private readonly ready: pulumi.Resource;
  private readonly made = new Map<string, core.Secret>();

  constructor(
    name: string,
    private readonly args: ObjectServerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:kubernetes:DeployedStore", name, {}, opts);
    const { environment, useCases, secrets } = args;
    const pod: Pod = { ...podsOf(environment).objects, name };
    this.scope = within(args.scope, this);
    this.grants = objectGrants(environment, useCases);
    const users = [...new Set(this.grants.map(({ user }) => user))].sort();
    this.keys = new Map(users.map((user) => [user, secrets.random(`${name}-${user}`, 32)]));
    const { endpoint, server } = objectServer(this.scope, pod, args, this.keys);
    this.address = endpoint;
    this.ready = bucketJob(this.scope, { ...args, endpoint, grants: this.grants, server });
    this.backups = this.backupsBelow(pod.namespace);
    this.endpoint = pulumi.output(endpoint);
    this.artifacts = pulumi.output(`s3://${environment}-artifacts/`);
    this.registerOutputs({ endpoint: this.endpoint, artifacts: this.artifacts });
  }

  /** `s3://` URL of a bucket, without a key. */
  readonly url = (container: Container) =>
    pulumi.output(s3Url(`${this.args.environment}-${container}`, this.address, region));

  /** The pod's own key, as a Secret of its namespace. Throws where `objectGrants` gives less than is asked for. */
  access(pod: Pod, container: Container, permission: Permission): PodAccess {
    const user = objectUser(pod);
    requirePermission(this.grants, user, container, permission);
    const name = `objects-${pod.role}`;
    const trust = clientTrust(this.args.authority, pod.namespace);
    const secret = this.secretOf(user, name, pod.namespace);
    const env = [...trust.env, ...s3Environment(this.address, region, name)];
    return { ...trust, env, egress: this.egress, dependsOn: [...trust.dependsOn, secret, this.ready] };
  }

  private get egress() {
    return [{ to: [podPeer(podsOf(this.args.environment).objects)], ports: [objectPort] }];
  }

  private backupsBelow(namespace: string): Backups {
    const { environment } = this.args;
    const secret = this.secretOf(backupUser(environment), "objects-backup", namespace);
    const endpointCA = { name: "objects-tls", key: "ca.crt" };
    return {
      objectStore: { ...s3Backups(`${environment}-backups`, this.address), endpointCA },
      egress: this.egress,
      dependsOn: [secret, this.ready],
    };
  }

  /** The Secret of a user with `accessKey` and `secretKey`; made once. */
  private secretOf(user: string, name: string, namespace: string): core.Secret {
    const known = this.made.get(user);
    if (known) return known;
    const stringData = { accessKey: user, secretKey: this.keys.get(user) as pulumi.Output<string> };
    const inputs = { metadata: { name, namespace }, type: "Opaque", stringData };
    const secret = new core.Secret(`${user}-objects`, inputs, this.scope.options);
    this.made.set(user, secret);
    return secret;
  }
}

interface BucketJobArgs extends ObjectServerArgs {
  readonly endpoint: string;
  readonly grants: readonly ObjectGrant[];
  readonly server: pulumi.Resource;
}

/** The Job that makes the buckets; its name changes with what it would do, so that a new grant makes a new Job. */
function bucketJob(
  scope: PodScope,
  { environment, endpoint, grants, server, images, authority }: BucketJobArgs,
) {
  const { objects, objectsAdmin: pod } = podsOf(environment);
  const rootKey = {
    ...emptyAccess,
    env: [
      secretVariable("AWS_ACCESS_KEY_ID", "objects-root", "ROOT_ACCESS_KEY_ID"),
      secretVariable("AWS_SECRET_ACCESS_KEY", "objects-root", "ROOT_SECRET_ACCESS_KEY"),
    ],
    egress: [{ to: [podPeer(objects)], ports: [objectPort] }],
  };
  const ECLUSE_BUCKETS = JSON.stringify(bucketsOf(environment, grants));
  return runOnce(scope, pod, {
    image: images("mlflow"),
    command: ["python", "-c", administer],
    env: { ECLUSE_OBJECTS: endpoint, ECLUSE_BUCKETS, AWS_DEFAULT_REGION: region },
    size: { cpu: "50m", memory: "256Mi", tmp: "64Mi" },
    access: [clientTrust(authority, pod.namespace), rootKey],
    dependsOn: [server],
  });
}

const bucketsOf = (environment: string, grants: readonly ObjectGrant[]) =>
  [...containers, "backups" as const].map((bucket) => ({
    name: `${environment}-${bucket}`,
    // What nobody could make again; the rest is written once, or over and over.
    versioned: bucket === "artifacts" || bucket === "data" || bucket === "holdout",
    policy: bucketPolicy(
      `${environment}-${bucket}`,
      grants.filter((grant) => grant.bucket === bucket),
    ),
  }));

/**
 * How the clients find the store's certificate authority: all of them beside the public ones, boto3 alone, which asks
 * no other server.
 */
const clientTrust = (authority: Authority, namespace: string): PodAccess =>
  trustBy(authority, namespace, {
    SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt",
    SSL_CERT_DIR: authority.folder,
    AWS_CA_BUNDLE: `${authority.folder}/ca.crt`,
  });

function requirePermission(
  grants: readonly ObjectGrant[],
  user: string,
  bucket: string,
  permission: Permission,
): void {
  const own = grants.find((grant) => grant.user === user && grant.bucket === bucket)?.permission;
  if (own && rightsOf(permission).every((right) => rightsOf(own).includes(right))) return;
  throw new pulumi.RunError(
    `${user} asks for ${permission} on ${bucket} and has ${own ?? "nothing"}: add it to objectGrants ` +
      "(components/kubernetes/objectsGrants.ts)",
  );
}
