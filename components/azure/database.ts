import * as pulumi from "@pulumi/pulumi";
import type { ClusterDatabase, Pod, PodAccess } from "../kubernetes/foundation";
import { namespaces } from "../naming";
import type { AzureContext, AzureNetwork } from "./context";
import { databases, fillServer } from "./databaseContents";
import { type DatabaseKeys, databaseServer } from "./databaseServer";
import { tokenEgress } from "./federation";
import type { Identities } from "./identities";

/** The environment's PostgreSQL on Azure. */
export interface AzureDatabase extends ClusterDatabase {
  readonly id: pulumi.Output<string>;
  readonly administration: PodAccess;
}

/** What the database is made with. */
export interface DatabaseArgs {
  readonly network: AzureNetwork;
  readonly identities: Identities;
  /** Encrypt the server in place of Microsoft's key. */
  readonly keys?: DatabaseKeys;
}

// libpq's `system` would be the folder of whoever built psycopg2's wheel; this file is that of Debian and Ubuntu images.
const authorities = "/etc/ssl/certs/ca-certificates.crt";

/** PostgreSQL that pods log in to as the role of their identity, with a token of Entra. */
export function azureDatabase(
  context: AzureContext,
  { network, identities, keys }: DatabaseArgs,
): AzureDatabase {
  const server = databaseServer(context, network, keys);
  const platformPod = (role: "database-admin" | "prepare" | "tracking") =>
    identities.of({ role, namespace: namespaces(context.settings.environment).platform });
  const administrator = platformPod("database-admin");
  const ready = [fillServer(context, server, administrator), ...endpoint(context, network, server.id)];
  const host = server.fullyQualifiedDomainName;
  const uri = (user: string, database: string) =>
    pulumi.interpolate`postgresql+psycopg2://${user}@${host}:5432/${database}?sslmode=verify-full&sslrootcert=${authorities}`;
  const access = (
    variables: Record<string, pulumi.Output<string>>,
    credentials: readonly pulumi.Resource[],
  ): PodAccess => ({
    env: [
      ...Object.entries(variables).map(([name, value]) => ({ name, value })),
      { name: "ECLUSE_DATABASE_LOGIN", value: "entra" },
    ],
    volumes: [],
    mounts: [],
    egress: [
      { to: [{ ipBlock: { cidr: rangeOf(context, network) } }], ports: [5432] },
      ...tokenEgress(context),
    ],
    dependsOn: [...credentials, ...ready],
  });
  return {
    id: server.id,
    host,
    port: pulumi.output(5432),
    access(pod) {
      const user = userOf(pod);
      const urls = {
        ECLUSE_TRACKING_DATABASE: uri(user, "tracking"),
        ECLUSE_AUTH_DATABASE: uri(user, "auth"),
      };
      return access(urls, identities.of(pod).credentials);
    },
    administration: access(
      {
        ECLUSE_ADMIN_DATABASE: uri(context.names.identity(administrator.use), "postgres"),
        ECLUSE_DATABASE_ROLES: pulumi.jsonStringify({
          databases,
          owner: { name: "prepare", object_id: platformPod("prepare").principalId },
          writer: { name: "tracking", object_id: platformPod("tracking").principalId },
        }),
      },
      administrator.credentials,
    ),
  };
}

/** PostgreSQL's role of a pod: the one that owns the databases, or the one that reads and writes their rows. */
function userOf({ role }: Pod): "prepare" | "tracking" {
  if (role === "prepare" || role === "tracking") return role;
  throw new Error(`a pod of role ${role} has no role in PostgreSQL: only prepare and tracking have`);
}

function endpoint({ azure }: AzureContext, network: AzureNetwork, server: pulumi.Output<string>) {
  return azure.database.access === "privateEndpoint" ? [network.privateEndpoint("postgres", server)] : [];
}

const rangeOf = ({ azure }: AzureContext, { ranges }: AzureNetwork) =>
  azure.database.access === "privateEndpoint" ? ranges.endpoints : ranges.database;
