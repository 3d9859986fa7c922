import * as apps from "@pulumi/kubernetes/apps/v1";
import * as pulumi from "@pulumi/pulumi";
import type { TrackingArgs, TrackingServer } from "../contracts";
import { namespaces } from "../naming";
import { trackingPod, trackingPort } from "./client";
import type { Foundation, Pod, PodRole } from "./foundation";
import { selector } from "./labels";
import { podPeer } from "./policy";
import { proxyPod, trackingProxy } from "./proxy";
import { address, disruptionBudget, isolatedPod, metadata, runOnce, service } from "./workload";

const size = { cpu: "250m", memory: "768Mi", tmp: "1Gi" };

/** Makes the roles in PostgreSQL where nobody else does, then migrates the databases and grants. */
function preparedDatabases(foundation: Foundation, args: TrackingArgs): pulumi.Resource {
  const { database, settings } = foundation;
  const image = foundation.image("mlflow");
  const pod = (role: PodRole): Pod => ({ role, namespace: namespaces(settings.environment).platform });
  const env = { ECLUSE_ENVIRONMENT: settings.environment };
  const command = (module: string) => ["python", "-m", `ecluse_identity.${module}`];
  const roles = database.administration
    ? [
        runOnce(foundation, pod("database-admin"), {
          image,
          command: command("roles"),
          env,
          size,
          access: [database.administration],
        }),
      ]
    : [];
  return runOnce(foundation, pod("prepare"), {
    image,
    command: command("prepare"),
    env: {
      ...env,
      // The server's role in PostgreSQL: it reads and writes the rows of tables that `prepare` owns.
      ECLUSE_DATABASE_WRITER: "tracking",
      ECLUSE_GRANTS: JSON.stringify({ workspaces: args.workspaces, grants: args.grants }),
    },
    size,
    access: [database.access(pod("prepare"))],
    dependsOn: roles,
  });
}

/** Who connects to the tracking server: people through the proxy, and the workloads and jobs of the use cases. */
function clients({ settings, cluster }: Foundation): Pod[] {
  const of = namespaces(settings.environment);
  const platform: Pod[] = [
    ...(cluster.people ? [proxyPod(settings.environment)] : []),
    ...(cluster.runner ? [{ role: "release" as const, namespace: of.release }] : []),
  ];
  const useCases = settings.useCases.flatMap(({ name }): Pod[] => [
    { role: "serve", namespace: of.useCase(name) },
    { role: "monitor", namespace: of.useCase(name) },
    { role: "train", namespace: of.ci(name) },
  ]);
  return [...platform, ...useCases];
}

function environment(foundation: Foundation, args: TrackingArgs) {
  const { settings, cluster, store } = foundation;
  const pod = trackingPod(settings.environment);
  const host = `tracking.${cluster.domain}`;
  const hosts = [new URL(address(pod, trackingPort)).host, ...(cluster.people ? [host] : [])].join(",");
  return {
    ECLUSE_ENVIRONMENT: settings.environment,
    ECLUSE_HOST: "0.0.0.0",
    ECLUSE_PORT: String(trackingPort),
    ECLUSE_IDENTITY: pulumi.jsonStringify(args.identity),
    ECLUSE_ALLOWED_HOSTS: hosts,
    ECLUSE_ARTIFACTS: store.artifacts,
    // The server sets these itself, whatever is here: they are for those who read the object, as policies do.
    MLFLOW_SERVER_ALLOWED_HOSTS: hosts,
    ...(cluster.people && { MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: `https://${host}` }),
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
    MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS: "false",
  };
}

/** The tracking server with its databases prepared, and the proxy that people log in by. */
export function clusterTracking(foundation: Foundation, args: TrackingArgs): TrackingServer {
  const { settings, cluster, database, store } = foundation;
  const pod = trackingPod(settings.environment);
  const prepared = preparedDatabases(foundation, args);
  const sessionKey = foundation.random("session-key", 32);
  const { template, options } = isolatedPod(foundation, pod, {
    image: foundation.image("mlflow"),
    command: ["python", "-m", "ecluse_identity.serve"],
    env: environment(foundation, args),
    size,
    port: { number: trackingPort, alive: "/health", ready: "/health" },
    access: [
      database.access(pod),
      store.access(pod, "artifacts", "rlcwd"),
      foundation.issuerKeys(pod),
      foundation.secrets(pod, "session-key", { ECLUSE_SESSION_KEY: sessionKey }),
    ],
    ingress: [{ from: clients(foundation).map(podPeer), port: trackingPort }],
    outside: true,
    dependsOn: [prepared],
  });
  // Two servers of two versions must not share a database while one takes over from the other.
  const spec = { replicas: 1, strategy: { type: "Recreate" }, selector: { matchLabels: selector(pod) } };
  new apps.Deployment("tracking", { metadata: metadata(pod), spec: { ...spec, template } }, options);
  service(foundation, pod, trackingPort);
  disruptionBudget(foundation, pod);
  if (cluster.people) trackingProxy(foundation, cluster.people);
  return { url: pulumi.output(address(pod, trackingPort)) };
}
