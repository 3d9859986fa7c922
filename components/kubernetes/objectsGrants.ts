import { type Container, namespaces } from "../naming";
import type { PodPlace } from "./foundation";
import { podsOf } from "./pods";

/** What one user of the deployed object store may do in one bucket. */
export interface ObjectGrant {
  readonly user: string;
  readonly bucket: Container | "backups";
  /** `rlcwd` as of a SAS: read, list, create, write, delete. */
  readonly permissions: string;
  /** Folder of a use case; the whole bucket when not set. */
  readonly folder?: string;
}

/** The user of a pod's role in its namespace. */
export const objectUser = ({ namespace, role }: PodPlace) => `${namespace}-${role}`;

/** The user of PostgreSQL's backups. */
export const backupUser = (environment: string) => `${namespaces(environment).data}-backup`;

/** The user of the people who land data for a use case. */
export const landUser = (environment: string, useCase: string) => `${environment}-${useCase}-land`;

/** Everything that anyone may do in the object store: the whole of it, so that it can be read in one place. */
export function objectGrants(environment: string, useCases: readonly string[]): ObjectGrant[] {
  const { tracking, release, serve, monitor, train } = podsOf(environment);
  const grant = (
    user: string,
    bucket: ObjectGrant["bucket"],
    permissions: string,
    folder?: string,
  ): ObjectGrant => ({ user, bucket, permissions, ...(folder && { folder }) });
  return [
    grant(objectUser(tracking), "artifacts", "rlcwd"),
    grant(objectUser(release), "data", "rl"),
    grant(backupUser(environment), "backups", "rlcwd"),
    ...useCases.flatMap((name) => [
      grant(objectUser(serve(name)), "inference", "cw", name),
      grant(objectUser(monitor(name)), "inference", "rl", name),
      grant(objectUser(monitor(name)), "reports", "rlcw", name),
      grant(objectUser(train(name)), "data", "rl", name),
      grant(landUser(environment, name), "data", "rlcwd", name),
    ]),
  ];
}

const actions: Readonly<Record<string, readonly string[]>> = {
  r: ["s3:GetObject"],
  c: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
  w: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
  d: ["s3:DeleteObject"],
};

/** The bucket policy, in the language of S3, that gives exactly `grants`. */
export function bucketPolicy(bucket: string, grants: readonly ObjectGrant[]) {
  const arn = `arn:aws:s3:::${bucket}`;
  const statements = grants.flatMap(({ user, permissions, folder }) => {
    const allow = (Action: readonly string[], Resource: string, Condition?: object) => ({
      Effect: "Allow",
      Principal: { AWS: [user] },
      Action: [...new Set(Action)],
      Resource: [Resource],
      ...(Condition && { Condition }),
    });
    const objects = [...permissions].flatMap((letter) => actions[letter] ?? []);
    const within = folder && { StringLike: { "s3:prefix": `${folder}/*` } };
    return [
      allow(objects, `${arn}/${folder ? `${folder}/` : ""}*`),
      ...(permissions.includes("l") ? [allow(["s3:ListBucket"], arn, within || undefined)] : []),
    ];
  });
  return { Version: "2012-10-17", Statement: statements };
}
