import * as apps from "@pulumi/kubernetes/apps/v1";
import * as autoscaling from "@pulumi/kubernetes/autoscaling/v2";
import * as pulumi from "@pulumi/pulumi";
import type { ModelServer, ServingArgs } from "../contracts";
import { namespaces } from "../naming";
import { profiles } from "../profiles";
import { servingPort, trackingAccess } from "./client";
import type { Foundation, Pod } from "./foundation";
import { ingress } from "./ingress";
import { selector } from "./labels";
import { namespacePeer, podPeer } from "./policy";
import { address, disruptionBudget, isolatedPod, metadata, service } from "./workload";

/** Who may ask for scores: people whose group has a role in the environment. */
const callers = ["person:*"];

function environment({ settings, store }: Foundation, args: ServingArgs) {
  const { name } = args.useCase;
  return {
    ECLUSE_HOST: "0.0.0.0",
    ECLUSE_PORT: String(servingPort),
    ECLUSE_ENVIRONMENT: settings.environment,
    ECLUSE_USE_CASE: name,
    ECLUSE_IDENTITY: pulumi.jsonStringify(args.identity),
    ECLUSE_SERVING_CALLERS: JSON.stringify(callers),
    ECLUSE_SIGNING_PUBLIC_KEY: args.signingPublicKey,
    ECLUSE_INFERENCE_URL: store.url("inference"),
    MLFLOW_TRACKING_URI: args.tracking.url,
    MLFLOW_WORKSPACE: name,
  };
}

/** The server's pod, with who connects to it: callers by the ingress, and the release, which reloads. */
function servingPod(foundation: Foundation, pod: Pod, args: ServingArgs, replicas: number) {
  const { settings, cluster, store } = foundation;
  const release: Pod = { role: "release", namespace: namespaces(settings.environment).release };
  return isolatedPod(foundation, pod, {
    image: foundation.image("serving"),
    command: ["python", "-m", "ecluse_serving"],
    env: environment(foundation, args),
    size: { cpu: "250m", memory: "768Mi", tmp: "1Gi" },
    replicas,
    port: { number: servingPort, alive: "/health", ready: "/ready" },
    access: [
      trackingAccess(settings.environment),
      store.access(pod, "inference", "cw"),
      foundation.issuerKeys(pod),
    ],
    ingress: [
      {
        from: [namespacePeer(cluster.ingressNamespace), ...(cluster.runner ? [podPeer(release)] : [])],
        port: servingPort,
      },
    ],
    outside: true,
  });
}

function autoscaler(foundation: Foundation, pod: Pod, [least, most]: readonly [number, number]): void {
  new autoscaling.HorizontalPodAutoscaler(
    `${pod.useCase}-autoscaler`,
    {
      metadata: metadata(pod),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: pod.role },
        minReplicas: least,
        maxReplicas: most,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
          },
        ],
      },
    },
    foundation.options,
  );
}

/** The model server of one use case, at `<use case>.<domain>`. */
export function clusterServing(foundation: Foundation, args: ServingArgs): ModelServer {
  const { settings, cluster } = foundation;
  const { name } = args.useCase;
  const pod: Pod = {
    role: "serve",
    namespace: namespaces(settings.environment).useCase(name),
    useCase: name,
  };
  const replicas = profiles[settings.profile].servingReplicas;
  const [least, most] = replicas;
  const { template, options } = servingPod(foundation, pod, args, least);
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
  new apps.Deployment(
    `${name}-serve`,
    {
      metadata: metadata(pod),
      spec: { replicas: least, strategy, selector: { matchLabels: selector(pod) }, template },
    },
    // Where the autoscaler decides, an update must not take its replicas back.
    { ...options, ...(most > least && { ignoreChanges: ["spec.replicas"] }) },
  );
  if (most > least) autoscaler(foundation, pod, replicas);
  service(foundation, pod, servingPort);
  disruptionBudget(foundation, pod);
  // Neither its health nor the reload is for the outside.
  const paths = ["/score", "/champion"].map((path) => ({ path, pathType: "Exact" as const }));
  ingress(foundation, pod, { host: `${name}.${cluster.domain}`, paths, maxBody: "8m", rate: 20 });
  return { url: pulumi.output(address(pod, servingPort)) };
}
