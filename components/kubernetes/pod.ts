import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { once } from "./access";
import type { Pod, PodAccess, WorkloadIdentity } from "./foundation";
import { labels, selector } from "./labels";

/** User and group of every container; the images are made for it. */
const user = 10001;

/** What a container may use; its memory is both what it asks for and its limit, so that no neighbour takes it. */
export interface Size {
  readonly cpu: string;
  readonly memory: string;
  /** Size of /tmp, the only place that it can write to. */
  readonly tmp: string;
  readonly gpu?: boolean;
}

/** A server's port, and the paths that answer for its life and its readiness. */
export interface Port {
  readonly number: number;
  /** Whether it speaks TLS and nothing else. */
  readonly tls: boolean;
  readonly alive: string;
  readonly ready: string;
  /** Seconds that it still serves once its pod is ended; 5 where it is not given. */
  readonly lingers?: number;
}

/** What one container runs. */
export interface Container {
  readonly image: pulumi.Input<string>;
  /** Words of the command; undefined for the image's own. */
  readonly command?: readonly string[];
  readonly args?: readonly pulumi.Input<string>[];
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  readonly size: Size;
  /** Of a server; a container without one runs to its end. */
  readonly port?: Port;
  readonly workingDir?: string;
  /** Digest of what it reads at its start only: another one restarts the pod. */
  readonly reads?: pulumi.Input<string> | undefined;
}

/** The name of a port, by which some ingress controllers know what is spoken there. */
export const portName = (tls: boolean) => (tls ? "https" : "http");

/** What Kubernetes gives a pod to end, after the seconds that it lingers. */
const endSeconds = 25;

const lingering = ({ lingers = 5 }: Port) => lingers;

function probes(port: Port) {
  const { number, tls, alive, ready } = port;
  const scheme = tls && { scheme: "HTTPS" };
  const get = (path: string) => ({ httpGet: { path, port: number, ...scheme }, timeoutSeconds: 5 });
  return {
    startupProbe: { ...get(alive), periodSeconds: 2, failureThreshold: 90 },
    livenessProbe: { ...get(alive), periodSeconds: 15, failureThreshold: 4 },
    readinessProbe: { ...get(ready), periodSeconds: 5, failureThreshold: 2 },
    // Requests still come until every node knows that the pod goes.
    lifecycle: { preStop: { sleep: { seconds: lingering(port) } } },
    ports: [{ name: portName(tls), containerPort: number, protocol: "TCP" }],
  };
}

/** What the node keeps of a container's logs, and a little more. */
const logsMi = 256;

/** /tmp and logs are on the node's disk: a pod that fills it is ended before its neighbours suffer. */
function diskOf(tmp: string): string {
  const [, amount = "", unit = ""] = /^(\d+)([MG])i$/.exec(tmp) ?? [];
  return `${Number(amount) * (unit === "G" ? 1024 : 1) + logsMi}Mi`;
}

function resources({ cpu, memory, tmp, gpu }: Size): input.core.v1.ResourceRequirements {
  const devices: Record<string, string> = gpu ? { "nvidia.com/gpu": "1" } : {};
  const [disk, least] = [{ "ephemeral-storage": diskOf(tmp) }, { "ephemeral-storage": `${logsMi}Mi` }];
  return { requests: { cpu, memory, ...least, ...devices }, limits: { memory, ...disk, ...devices } };
}

function container(pod: Pod, args: Container, access: PodAccess): input.core.v1.Container {
  const own = Object.entries({ HOME: "/tmp", ...args.env }).map(([name, value]) => ({ name, value }));
  return {
    name: pod.role,
    image: args.image,
    // A tag may be overwritten. A digest always means the same image, and needs no registry at a restart.
    imagePullPolicy: pulumi
      .output(args.image)
      .apply((image) => (image.includes("@sha256:") ? "IfNotPresent" : "Always")),
    ...(args.command && { command: [...args.command] }),
    ...(args.args && { args: [...args.args] }),
    ...(args.workingDir && { workingDir: args.workingDir }),
    env: once([...own, ...access.env], ({ name }) => name),
    resources: resources(args.size),
    securityContext: {
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...access.mounts],
    ...(args.port && probes(args.port)),
  };
}

/**
 * Replicas are on different nodes, each version of them by itself. A cluster with one node still runs them: what is
 * compared is nodes that take pods, so that a drained one does not count. Zones are tried, as there may be one.
 */
const spread = (pod: Pod) =>
  (["kubernetes.io/hostname", "topology.kubernetes.io/zone"] as const).map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: topologyKey === "kubernetes.io/hostname" ? "DoNotSchedule" : "ScheduleAnyway",
    nodeTaintsPolicy: "Honor",
    matchLabelKeys: ["pod-template-hash"],
    labelSelector: { matchLabels: selector(pod) },
  }));

const unprivileged = {
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  seccompProfile: { type: "RuntimeDefault" },
};

/** A pod as Pod Security `restricted` asks, and stricter: what it may write, reach and be is stated. */
export function podTemplate(
  pod: Pod,
  args: Container & { readonly replicas: number },
  access: PodAccess,
  identity: WorkloadIdentity,
): input.core.v1.PodTemplateSpec {
  return {
    metadata: {
      labels: { ...labels(pod), ...identity.labels },
      ...(args.reads && { annotations: { "ecluse.local/reads": args.reads } }),
    },
    spec: {
      serviceAccountName: pod.role,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: args.port ? "Always" : "Never",
      ...(args.port && { terminationGracePeriodSeconds: lingering(args.port) + endSeconds }),
      securityContext: unprivileged,
      containers: [container(pod, args, access)],
      volumes: [{ name: "tmp", emptyDir: { sizeLimit: args.size.tmp } }, ...access.volumes],
      ...(args.replicas > 1 && { topologySpreadConstraints: spread(pod) }),
      ...(args.size.gpu && {
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
      }),
    },
  };
}
