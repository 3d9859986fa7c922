import { createHash } from "node:crypto";
import * as apps from "@pulumi/kubernetes/apps/v1";
import type { input } from "@pulumi/kubernetes/types";
import type * as pulumi from "@pulumi/pulumi";
import { namespaces } from "../naming";
import type { Pod } from "./foundation";
import { selector } from "./labels";
import { mounted, userFile, volume } from "./objectsFiles";
import type { Ground } from "./onpremiseGround";
import { podPeer } from "./policy";
import { disruptionBudget, isolatedPod, metadata, service } from "./workload";

/** Port of the deployed object store. */
export const objectPort = 8443;

/** The object store's pod, for those who connect to it. */
export const objectsPod = (environment: string): Pod => ({
  role: "objects",
  namespace: namespaces(environment).data,
});

const folders = { users: "/etc/objects/users", tls: "/etc/objects/tls", data: "/data" };

const start = [
  `mkdir -p ${folders.data}/objects ${folders.data}/metadata ${folders.data}/versions`,
  `exec versitygw posix ${folders.data}/objects`,
].join(" && ");

const settingsOfServer = {
  VGW_PORT: `:${objectPort}`,
  VGW_REGION: "us-east-1",
  VGW_CERT: `${folders.tls}/tls.crt`,
  VGW_KEY: `${folders.tls}/tls.key`,
  VGW_HEALTH: "/health",
  // Bucket policies decide alone, and who asked for what is on record.
  VGW_DISABLE_ACL: "true",
  VGW_ACCESS_LOG: "-",
  VGW_QUIET: "true",
  VGW_IAM_DIR: folders.users,
  VGW_IAM_CACHE_DISABLE: "true",
  // Beside the objects and not in extended attributes: some volumes have none, others have 4 KB.
  VGW_META_SIDECAR: `${folders.data}/metadata`,
  VGW_VERSIONING_DIR: `${folders.data}/versions`,
};

/** The pods that connect: those with a grant, the Job that makes the buckets, and PostgreSQL for its backups. */
function clients({ settings, cluster }: Ground): input.networking.v1.NetworkPolicyPeer[] {
  const of = namespaces(settings.environment);
  const pods: Pod[] = [
    { role: "objects-admin", namespace: of.data },
    { role: "tracking", namespace: of.platform },
    ...(cluster.runner ? [{ role: "release" as const, namespace: of.release }] : []),
    ...settings.useCases.flatMap(({ name }): Pod[] => [
      { role: "serve", namespace: of.useCase(name) },
      { role: "monitor", namespace: of.useCase(name) },
      { role: "train", namespace: of.ci(name) },
    ]),
  ];
  return [...pods.map(podPeer), { podSelector: { matchLabels: { "cnpg.io/cluster": "database" } } }];
}

/** The pod's probes speak TLS, and a new certificate or user starts it anew. */
function withTls(template: input.core.v1.PodTemplateSpec, digest: pulumi.Output<string>) {
  const { containers, ...spec } = template.spec as input.core.v1.PodSpec;
  const [container] = containers as input.core.v1.Container[];
  const secure = (probe: unknown) => {
    const { httpGet, ...times } = probe as input.core.v1.Probe;
    return { ...times, httpGet: { ...(httpGet as input.core.v1.HTTPGetAction), scheme: "HTTPS" } };
  };
  return {
    metadata: { ...template.metadata, annotations: { "ecluse.local/reads": digest } },
    spec: {
      ...spec,
      containers: [
        {
          ...(container as input.core.v1.Container),
          startupProbe: secure(container?.startupProbe),
          livenessProbe: secure(container?.livenessProbe),
          readinessProbe: secure(container?.readinessProbe),
        },
      ],
    },
  };
}

/** The S3 server: one pod on one volume, reached by TLS only, by those who have a grant only. */
export function objectServer(
  ground: Ground,
  storageGb: number,
  keys: ReadonlyMap<string, pulumi.Output<string>>,
) {
  const pod = objectsPod(ground.settings.environment);
  const { secret, certificate } = ground.authority.serverCertificate("objects", pod.namespace);
  const claim = volume(ground, pod, storageGb);
  const users = userFile(ground, pod, keys);
  const root = ground.secrets(pod, "objects-root", {
    ROOT_ACCESS_KEY_ID: ground.random("objects-root-name", 10),
    ROOT_SECRET_ACCESS_KEY: ground.random("objects-root-key", 32),
  });
  const { template, options } = isolatedPod(ground, pod, {
    image: ground.image("objects"),
    command: ["/bin/sh", "-c", start],
    env: settingsOfServer,
    size: { cpu: "250m", memory: "1Gi", tmp: "1Gi" },
    port: { number: objectPort, alive: "/health", ready: "/health" },
    access: [
      root,
      mounted("users", folders.users, { secret: { secretName: "objects-users", defaultMode: 0o440 } }),
      mounted("tls", folders.tls, { secret: { secretName: "objects-tls", defaultMode: 0o440 } }),
      mounted("data", folders.data, { persistentVolumeClaim: { claimName: "objects-data" } }),
    ],
    ingress: [{ from: clients(ground), port: objectPort }],
    dependsOn: [secret, users, claim],
  });
  const digest = certificate.apply((pem) =>
    createHash("sha256")
      .update([pem, ...keys.keys()].join("\n"))
      .digest("hex"),
  );
  const server = new apps.StatefulSet(
    "objects",
    {
      metadata: metadata(pod),
      spec: {
        replicas: 1,
        serviceName: pod.role,
        selector: { matchLabels: selector(pod) },
        template: withTls(template, digest),
      },
    },
    options,
  );
  service(ground, pod, objectPort);
  disruptionBudget(ground, pod);
  return { endpoint: `https://${pod.role}.${pod.namespace}.svc.cluster.local:${objectPort}`, server };
}
