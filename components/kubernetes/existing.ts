import * as pulumi from "@pulumi/pulumi";
import type { Container } from "../naming";
import { databaseVariables } from "../processes/tracking";
import type { ObjectStoreSettings } from "../settings";
import { emptyAccess, secretVariable, variables } from "./access";
import type { ClusterDatabase, Pod, PodAccess, PodScope } from "./foundation";
import { type OnPremiseStore, s3Backups, s3Environment, s3Url } from "./objectsS3";
import { keepSecret } from "./secrets";

/** Values that open what exists, and the options of their Secrets in the namespaces of pods. */
export interface Credentials {
  readonly options: PodScope["options"];
  /** The keys of the Secret of a pod's role. */
  values(pod: Pod): Readonly<Record<string, pulumi.Input<string>>>;
}

/** Keeps the Secret `<kind>-<role>` of each pod once; keeps none where somebody else does. */
function keeper(kind: string, credentials: Credentials | undefined): (pod: Pod) => pulumi.Resource[] {
  const kept = new Map<string, pulumi.Resource>();
  return (pod) => {
    if (!credentials) return [];
    const { name, role, namespace } = pod;
    const secret =
      kept.get(name) ??
      keepSecret(
        `${name}-${kind}`,
        { name: `${kind}-${role}`, namespace },
        credentials.values(pod),
        credentials.options,
      );
    kept.set(name, secret);
    return [secret];
  };
}

/** A store that the team has: {@link ObjectStoreSettings} of the kinds `s3` and `azure`. */
export type ExistingStore = Exclude<ObjectStoreSettings, { kind: "deployed" }>;

function s3Store(own: ExistingStore) {
  const { endpoint, region, prefix } = own;
  return {
    artifacts: `s3://${prefix}-artifacts/`,
    url: (container: Container) => s3Url(`${prefix}-${container}`, endpoint, region),
    environment: (secret: string) => s3Environment(endpoint, region, secret),
    backups: s3Backups(`${prefix}-backups`, endpoint),
  };
}

function azureStore({ endpoint, prefix }: ExistingStore) {
  const base = endpoint.replace(/\/$/, "");
  const { hostname, pathname } = new URL(base);
  // Path-style endpoints, as emulators and gateways have, name the account in the path.
  const account = pathname === "/" ? hostname.split(".")[0] : pathname.slice(1);
  return {
    artifacts: `wasbs://${prefix}-artifacts@${account}.blob.core.windows.net/`,
    url: (container: Container) => `${base}/${prefix}-${container}`,
    environment: (secret: string) => [
      secretVariable("AZURE_STORAGE_CONNECTION_STRING", secret, "connectionString"),
    ],
    backups: {
      destinationPath: `${base}/${prefix}-backups`,
      azureCredentials: { connectionString: { name: "objects-backup", key: "connectionString" } },
    },
  };
}

/**
 * A blob store that exists. Without `credentials` its keys are the team's to make, as Secret `objects-<role>` of each
 * role.
 */
export function existingStore(own: ExistingStore, credentials?: Credentials): OnPremiseStore {
  const keep = keeper("objects", credentials);
  const store = own.kind === "s3" ? s3Store(own) : azureStore(own);
  const egress = [{ to: [{ ipBlock: { cidr: own.range } }], ports: [own.port] }];
  return {
    endpoint: pulumi.output(own.endpoint),
    artifacts: pulumi.output(store.artifacts),
    url: (container) => pulumi.output(store.url(container)),
    access: (pod: Pod): PodAccess => ({
      ...emptyAccess,
      env: store.environment(`objects-${pod.role}`),
      egress,
      dependsOn: keep(pod),
    }),
    backups: { objectStore: store.backups, egress, dependsOn: [] },
  };
}

/** A PostgreSQL that exists: databases `tracking` and `auth`, roles `prepare`, which owns them, and `tracking`. */
export interface ExistingDatabase {
  readonly host: string;
  readonly port: number;
  /** CIDR range of the server, for NetworkPolicies. */
  readonly range: string;
}

/**
 * A PostgreSQL that exists. Without `credentials` passwords are the team's to make: one Secret `database-<role>` with
 * the key `password` for each role, in the namespace of its pod. TLS is verified by the public authorities of the
 * image.
 */
export function existingDatabase(
  { host, port, range }: ExistingDatabase,
  credentials?: Credentials,
): ClusterDatabase {
  const keep = keeper("database", credentials);
  const tls = "sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt";
  const uri = (role: string, database: string) =>
    `postgresql+psycopg2://${role}@${host}:${port}/${database}?${tls}`;
  return {
    host: pulumi.output(host),
    port: pulumi.output(port),
    access: (pod) => ({
      ...emptyAccess,
      env: [
        ...variables(databaseVariables((database) => uri(pod.role, database))).env,
        secretVariable("PGPASSWORD", `database-${pod.role}`, "password"),
      ],
      dependsOn: keep(pod),
      egress: [{ to: [{ ipBlock: { cidr: range } }], ports: [port] }],
    }),
  };
}
