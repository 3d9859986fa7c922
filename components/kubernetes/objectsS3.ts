import type * as pulumi from "@pulumi/pulumi";
import { secretVariable } from "./access";
import type { ClusterStore, Egress } from "./foundation";

/** Where PostgreSQL's backups go, in the words of CloudNativePG (`barmanObjectStore`), and what they need for it. */
export interface Backups {
  readonly objectStore: Readonly<Record<string, unknown>>;
  readonly egress: readonly Egress[];
  readonly dependsOn: readonly pulumi.Resource[];
}

/** A blob store that holds backups too. */
export type OnPremiseStore = ClusterStore & { readonly backups: Backups };

/** Environment of MLflow's and our own S3 clients. */
export const s3Environment = (endpoint: string, region: string, secret: string) => [
  secretVariable("AWS_ACCESS_KEY_ID", secret, "accessKey"),
  secretVariable("AWS_SECRET_ACCESS_KEY", secret, "secretKey"),
  { name: "AWS_DEFAULT_REGION", value: region },
  { name: "MLFLOW_S3_ENDPOINT_URL", value: endpoint },
  // Checksums in trailers are an extension that many S3 servers do not know.
  { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
  { name: "AWS_RESPONSE_CHECKSUM_VALIDATION", value: "when_required" },
];

/** URL of a bucket, as `open_container` of the Python packages reads it. */
export const s3Url = (bucket: string, endpoint: string, region: string) =>
  `s3://${bucket}?endpoint=${encodeURIComponent(endpoint)}&region=${region}`;

/** Backups in a bucket, by the keys of the Secret `objects-backup`. */
export const s3Backups = (bucket: string, endpoint: string) => ({
  destinationPath: `s3://${bucket}/`,
  endpointURL: endpoint,
  s3Credentials: {
    accessKeyId: { name: "objects-backup", key: "accessKey" },
    secretAccessKey: { name: "objects-backup", key: "secretKey" },
  },
});
