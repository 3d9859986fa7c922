import * as apps from "@pulumi/kubernetes/apps/v1";
import * as pulumi from "@pulumi/pulumi";
import type { TrackingServer as TrackingServerContract } from "../contracts";
import { prepareVariables, type TrackingProcess, trackingVariables } from "../processes/tracking";
import { within } from "../scope";
import type {
  ClusterDatabase,
  ClusterStore,
  Pod,
  PodPlace,
  PodRole,
  PodScope,
  SecretStore,
  WorkloadIssuer,
} from "./foundation";
import { selector } from "./labels";
import { address, podsOf, serviceHost, trackingPort } from "./pods";
import { podPeer } from "./policy";
import { type ServerTls, serverTls } from "./transport";
import { disruptionBudget, isolatedPod, metadata, runOnce, service } from "./workload";

/** What a tracking server on a cluster is made from. */
export interface TrackingServerArgs extends TrackingProcess {
  readonly scope: PodScope;
  /** The platform's image `mlflow`. */
  readonly image: pulumi.Input<string>;
  readonly database: ClusterDatabase;
  readonly store: ClusterStore;
  /** Keeps the key that sessions are signed with. */
  readonly secrets: Pick<SecretStore, "values" | "random">;
  /** Issuer of the tokens of workloads. */
  readonly issuer: Pick<WorkloadIssuer, "access">;
  /** The pods that may connect. */
  readonly clients: readonly PodPlace[];
  /** Host by which browsers reach it through a login proxy; undefined for no browsers. */
  readonly publicHost?: string;
}

/** An MLflow tracking server and registry on a cluster; every caller shows a JWT. */
export class TrackingServer extends pulumi.ComponentResource implements TrackingServerContract {
  /** Address for the pods of the cluster. */
  readonly url: pulumi.Output<string>;
  readonly ready: pulumi.Resource;

  constructor(name: string, args: TrackingServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:TrackingServer", name, {}, opts);
    const scope = within(args.scope, this);
    const pod: Pod = { ...podsOf(args.environment).tracking, name };
    const tls = serverTls(scope, pod);
    const { template, options } = serverPod(scope, pod, args, tls, preparedDatabases(scope, pod, args));
    // Two servers of two versions must not share a database while one takes over from the other.
    const spec = { replicas: 1, strategy: { type: "Recreate" }, selector: { matchLabels: selector(pod) } };
    const inputs = { metadata: metadata(pod), spec: { ...spec, template } };
    this.ready = new apps.Deployment(name, inputs, options);
    service(scope, pod, trackingPort, tls.on);
    disruptionBudget(scope, pod);
    this.url = pulumi.output(address(scope, pod, trackingPort));
    this.registerOutputs({ url: this.url });
  }
}

const size = { cpu: "250m", memory: "768Mi", tmp: "1Gi" };

function serverPod(
  scope: PodScope,
  pod: Pod,
  args: TrackingServerArgs,
  tls: ServerTls,
  prepared: pulumi.Resource,
) {
  const ECLUSE_SESSION_KEY = args.secrets.random(`${pod.name}-session-key`, 32);
  return isolatedPod(scope, pod, {
    image: args.image,
    command: ["python", "-m", "ecluse_identity.serve"],
    env: environmentOf(pod, args, tls),
    size,
    reads: tls.reads,
    // Its life does not depend on the database, whose outage no restart ends; whether callers come to it does.
    port: { number: trackingPort, tls: tls.on, alive: "/health", ready: "/ready" },
    access: [
      args.database.access(pod),
      args.store.access(pod, "artifacts", "read-write-delete"),
      args.issuer.access(pod),
      args.secrets.values(pod, "session-key", { ECLUSE_SESSION_KEY }),
      tls.access,
    ],
    ingress: [{ from: args.clients.map(podPeer), port: trackingPort }],
    allowExternalEgress: true,
    dependsOn: [prepared],
  });
}

/** Makes the roles in PostgreSQL where nobody else does, then migrates the databases and grants. */
function preparedDatabases(scope: PodScope, server: Pod, args: TrackingServerArgs): pulumi.Resource {
  const { database, environment, image } = args;
  const pod = (role: PodRole): Pod => ({ ...server, role, name: `${server.name}-${role}` });
  const job = { image, size };
  const command = (module: string) => ["python", "-m", `ecluse_identity.${module}`];
  const roles = database.administration
    ? [
        runOnce(scope, pod("database-admin"), {
          ...job,
          command: command("roles"),
          env: { ECLUSE_ENVIRONMENT: environment },
          access: [database.administration],
        }),
      ]
    : [];
  return runOnce(scope, pod("prepare"), {
    ...job,
    command: command("prepare"),
    // The server's role reads and writes the rows of tables that `prepare` owns.
    env: prepareVariables(args, "tracking"),
    access: [database.access(pod("prepare"))],
    dependsOn: roles,
  });
}

function environmentOf(pod: Pod, args: TrackingServerArgs, { folder }: ServerTls) {
  const { store, publicHost } = args;
  return trackingVariables(args, {
    host: "0.0.0.0",
    port: String(trackingPort),
    artifacts: store.artifacts,
    allowedHosts: [`${serviceHost(pod)}:${trackingPort}`, ...(publicHost ? [publicHost] : [])],
    ...(folder && { tlsFolder: folder }),
  });
}
