import * as apps from "@pulumi/kubernetes/apps/v1";
import * as autoscaling from "@pulumi/kubernetes/autoscaling/v2";
import * as pulumi from "@pulumi/pulumi";
import { type ServingProcess, servingVariables } from "../processes/serving";
import { within } from "../scope";
import { podMonitor, prometheusPeer } from "./alerts";
import type { ClusterStore, Pod, PodPlace, PodScope, WorkloadIssuer } from "./foundation";
import { type IngressArgs, ingress } from "./ingress";
import { selector } from "./labels";
import { portName } from "./pod";
import { address, podsOf, serviceHost, servingPort, trackingAccess, trackingTokenFile } from "./pods";
import { controllerPeers, podPeer } from "./policy";
import { type ServerTls, serverTls } from "./transport";
import { disruptionBudget, isolatedPod, metadata, service } from "./workload";

/** What a model server on a cluster is made from. */
export interface ModelServerArgs extends ServingProcess {
  readonly scope: PodScope;
  /** The platform's image `serving`. */
  readonly image: pulumi.Input<string>;
  readonly store: ClusterStore;
  readonly issuer: Pick<WorkloadIssuer, "access">;
  /** Replicas, and how far it may scale out; the same number twice makes no autoscaler. */
  readonly replicas: readonly [least: number, most: number];
  /** How callers outside of the cluster reach it, at `<use case>.<domain>`. */
  readonly ingress: IngressArgs;
  /** Pods that may connect beside the ingress controller's: the release, which has it load a new champion. */
  readonly clients: readonly PodPlace[];
  /** Where Prometheus runs that reads its metrics, by the operator in the cluster; undefined for none. */
  readonly prometheusNamespace?: string;
}

/**
 * The server of one use case's champion, at `<use case>.<domain>`. It loads nothing that the release has not signed.
 */
export class ModelServer extends pulumi.ComponentResource {
  /** Address for the pods of the cluster. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ModelServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:ModelServer", name, {}, opts);
    const scope = within(args.scope, this);
    const { useCase, ingress: access } = args;
    const pod: Pod = { ...podsOf(args.environment).serve(useCase), name };
    const tls = serverTls(scope, pod);
    deployment(scope, pod, args, tls);
    service(scope, pod, servingPort, tls.on);
    disruptionBudget(scope, pod);
    if (args.prometheusNamespace) {
      const port = portName(tls.on);
      podMonitor(scope, pod.name, { ...metadata(pod), port, ...(tls.on && { tlsHost: serviceHost(pod) }) });
    }
    // Neither its health nor its metrics nor the reload is for the outside.
    const names = ["/score", "/labels", "/champion", "/openapi.json", "/docs"];
    const paths = names.map((path) => ({ path, pathType: "Exact" as const }));
    ingress(scope, pod, access, { host: `${useCase}.${access.domain}`, paths, maxBody: "8m", rate: 20 });
    this.url = pulumi.output(address(scope, pod, servingPort));
    this.registerOutputs({ url: this.url });
  }
}

const environmentOf = (args: ModelServerArgs, { folder }: ServerTls) =>
  servingVariables(args, {
    host: "0.0.0.0",
    port: String(servingPort),
    inferenceUrl: args.store.url("inference"),
    tokenFile: trackingTokenFile,
    // It outlives the container, and not the pod: a server that is ended ships what is left, within its grace period.
    folder: "/tmp/serving",
    ...(folder && { tlsFolder: folder }),
    metrics: args.prometheusNamespace !== undefined,
  });

function serverPod(scope: PodScope, pod: Pod, args: ModelServerArgs, tls: ServerTls) {
  const { namespace, ranges } = args.ingress;
  const metrics = args.prometheusNamespace;
  const from = [
    ...controllerPeers(namespace, ranges),
    ...args.clients.map(podPeer),
    ...(metrics ? [prometheusPeer(metrics)] : []),
  ];
  return isolatedPod(scope, pod, {
    image: args.image,
    command: ["python", "-m", "ecluse_serving"],
    env: environmentOf(args, tls),
    // A challenger is a second model, in a process of its own.
    size: { cpu: "250m", memory: args.rollout ? "1280Mi" : "768Mi", tmp: "1Gi" },
    replicas: args.replicas[0],
    reads: tls.reads,
    port: { number: servingPort, tls: tls.on, alive: "/health", ready: "/ready" },
    access: [
      trackingAccess(scope, args.environment, pod),
      args.store.access(pod, "inference", "write"),
      args.issuer.access(pod),
      tls.access,
    ],
    ingress: [{ from, port: servingPort }],
    allowExternalEgress: true,
  });
}

function deployment(scope: PodScope, pod: Pod, args: ModelServerArgs, tls: ServerTls): void {
  const [least, most] = args.replicas;
  const { template, options } = serverPod(scope, pod, args, tls);
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
  const spec = { replicas: least, strategy, selector: { matchLabels: selector(pod) }, template };
  // Where the autoscaler decides, an update must not take its replicas back.
  const ignored = most > least ? { ignoreChanges: ["spec.replicas"] } : {};
  new apps.Deployment(pod.name, { metadata: metadata(pod), spec }, { ...options, ...ignored });
  if (most > least) autoscaler(scope, pod, args.replicas);
}

function autoscaler({ options }: PodScope, pod: Pod, [least, most]: ModelServerArgs["replicas"]): void {
  const target = { type: "Utilization", averageUtilization: 70 };
  new autoscaling.HorizontalPodAutoscaler(
    `${pod.name}-autoscaler`,
    {
      metadata: metadata(pod),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: pod.role },
        minReplicas: least,
        maxReplicas: most,
        metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
      },
    },
    options,
  );
}
