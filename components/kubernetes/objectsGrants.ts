import { type Container, namespaces, type Permission } from "../naming";
import type { PodPlace } from "./foundation";
import { podsOf } from "./pods";

/** What one user of the deployed object store may do in one bucket. */
export interface ObjectGrant {
  readonly user: string;
  readonly bucket: Container | "backups";
  readonly permission: Permission;
  /** Folder of a use case; the whole bucket when not set. */
  readonly folder?: string;
}

/** The user of a pod's role in its namespace. */
export const objectUser = ({ namespace, role }: PodPlace) => `${namespace}-${role}`;

/** The user of PostgreSQL's backups. */
export const backupUser = (environment: string) => `${namespaces(environment).data}-backup`;

/** Everything that anyone may do in the object store: the whole of it, so that it can be read in one place. */
export function objectGrants(environment: string, useCases: readonly string[]): ObjectGrant[] {
  const { tracking, release, serve, monitor, compact, train, land } = podsOf(environment);
  const grant = (
    user: string,
    bucket: ObjectGrant["bucket"],
    permission: Permission,
    folder?: string,
  ): ObjectGrant => ({ user, bucket, permission, ...(folder && { folder }) });
  return [
    grant(objectUser(tracking), "artifacts", "read-write-delete"),
    grant(objectUser(release), "data", "read"),
    grant(objectUser(release), "holdout", "read"),
    grant(backupUser(environment), "backups", "read-write-delete"),
    ...useCases.flatMap((name) => [
      grant(objectUser(serve(name)), "inference", "write", name),
      grant(objectUser(monitor(name)), "inference", "read", name),
      grant(objectUser(compact(name)), "inference", "read-write-delete", name),
      grant(objectUser(monitor(name)), "reports", "read-write", name),
      grant(objectUser(train(name)), "data", "read", name),
      grant(objectUser(land(name)), "data", "read-write-delete", name),
      grant(objectUser(land(name)), "holdout", "read-write-delete", name),
    ]),
  ];
}

const actions = {
  read: ["s3:GetObject"],
  write: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
  delete: ["s3:DeleteObject"],
} as const;

/** The single rights that a permission is made of, by the words of its name. */
export const rightsOf = (permission: Permission) => permission.split("-") as (keyof typeof actions)[];

/** The bucket policy, in the language of S3, that gives exactly `grants`. */
export function bucketPolicy(bucket: string, grants: readonly ObjectGrant[]) {
  const arn = `arn:aws:s3:::${bucket}`;
  const statements = grants.flatMap(({ user, permission, folder }) => {
    const allow = (Action: readonly string[], Resource: string, Condition?: object) => ({
      Effect: "Allow",
      Principal: { AWS: [user] },
      Action,
      Resource: [Resource],
      ...(Condition && { Condition }),
    });
    const rights = rightsOf(permission);
    const within = folder && { StringLike: { "s3:prefix": `${folder}/*` } };
    return [
      allow(
        rights.flatMap((right) => actions[right]),
        `${arn}/${folder ? `${folder}/` : ""}*`,
      ),
      ...(rights.includes("read") ? [allow(["s3:ListBucket"], arn, within || undefined)] : []),
    ];
  });
  return { Version: "2012-10-17", Statement: statements };
}
