import { parse } from "smol-toml";
import type { KubernetesObject } from "../../../cluster/client";

type Table = Readonly<Record<string, unknown>>;

/** What a runner's config.toml says of its jobs, of which this is read. */
export interface Runner {
  readonly name: string;
  readonly url: string;
  readonly environment: readonly string[];
  readonly kubernetes: Table & {
    readonly namespace: string;
    readonly service_account: string;
    readonly image: string;
    readonly helper_image: string;
    readonly allowed_images: readonly string[];
    readonly pull_policy: readonly string[];
    readonly pod_labels: Readonly<Record<string, string>>;
    readonly pod_spec: readonly { readonly patch_type: string; readonly patch: string }[];
  };
}

/** The runner of a ConfigMap that the stack wrote, put together as its pod does at start. */
export function runnerOf({ data }: KubernetesObject): Runner {
  const text = `${data["head.toml"]}token = "glrt-none"\n\n${data["tail.toml"]}`;
  const { runners } = parse(text) as unknown as { runners: readonly Runner[] };
  if (runners.length !== 1) throw new Error(`config.toml has ${runners.length} runners, one is expected`);
  return runners[0] as Runner;
}

/** `**` stands for anything, `*` for anything within one part of a path. */
function patternOf(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*|\*)/).map((part) => {
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}

/**
 * The image of a job: its own, where the runner allows it, or the runner's.
 * @throws Error with the image and what is allowed.
 */
export function imageOf(
  { kubernetes: { image, allowed_images } }: Runner,
  asked: string | undefined,
): string {
  if (asked === undefined || asked === image) return image;
  if (allowed_images.some((pattern) => patternOf(pattern).test(asked))) return asked;
  throw new Error(`the runner refuses image ${asked}: allowed_images has ${allowed_images.join(", ")}`);
}

const camel = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The runner's words for a security context, as Kubernetes has them. */
function contextOf(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [camel(key), contextOf(item)]));
}

/** Requests and limits of one kind of container, whose settings begin with `prefix`. */
function resourcesOf(table: Table, prefix: "" | "helper_") {
  const of = (kind: "request" | "limit") =>
    Object.fromEntries(
      ["cpu", "memory", "ephemeral_storage"].flatMap((name) => {
        const value = table[`${prefix}${name}_${kind}`];
        return value === undefined ? [] : [[name.replace("_", "-"), value]];
      }),
    );
  return { requests: of("request"), limits: of("limit") };
}

const mergeKeys: Readonly<Record<string, string>> = {
  containers: "name",
  env: "name",
  volumes: "name",
  volumeMounts: "mountPath",
};

/** Merges lists by the key that Kubernetes merges them by; others are replaced. */
function mergeLists(key: string, own: readonly Table[], patch: readonly Table[]): unknown {
  const by = mergeKeys[key];
  if (by === undefined) return patch;
  const merged = own.map((one) => {
    const other = patch.find((each) => each[by] === one[by]);
    return other ? strategicMerge(one, other) : one;
  });
  return [...merged, ...patch.filter((each) => !own.some((one) => one[by] === each[by]))];
}

/** A strategic merge patch, of the lists that the stack's patches have. */
export function strategicMerge(own: Table, patch: Table): Table {
  const merged: Record<string, unknown> = { ...own };
  for (const [key, value] of Object.entries(patch)) {
    const before = merged[key];
    if (Array.isArray(value) && Array.isArray(before)) merged[key] = mergeLists(key, before, value);
    else if (isTable(value) && isTable(before)) merged[key] = strategicMerge(before, value);
    else merged[key] = value;
  }
  return merged;
}

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A job to make a pod for. */
export interface PodJob {
  readonly name: string;
  /** What its YAML names. */
  readonly image: string | undefined;
  /** The Secret with its variables. */
  readonly secret: string;
  readonly command: readonly string[];
  readonly helperCommand: readonly string[];
  readonly seconds: number;
}

/** Where a job's checkout is, in both of its containers. */
export const buildsFolder = "/builds";

function containerOf({ kubernetes }: Runner, kind: "build" | "helper", image: string, job: PodJob) {
  const build = kind === "build";
  return {
    name: kind,
    image,
    command: build ? job.command : job.helperCommand,
    imagePullPolicy: camel(`_${kubernetes.pull_policy[0]}`),
    envFrom: [{ secretRef: { name: job.secret } }],
    resources: resourcesOf(kubernetes, build ? "" : "helper_"),
    securityContext: contextOf(kubernetes[`${kind}_container_security_context`]),
    volumeMounts: [{ name: "repo", mountPath: buildsFolder }],
  };
}

/**
 * The pod that the runner's Kubernetes executor makes for a job, of all that the stack's settings decide. It is not
 * given services and the container that opens folders to other users, for which no job asks.
 */
export function jobPod(runner: Runner, job: PodJob): KubernetesObject {
  const { kubernetes } = runner;
  const spec = {
    restartPolicy: "Never",
    activeDeadlineSeconds: job.seconds,
    serviceAccountName: kubernetes.service_account,
    automountServiceAccountToken: kubernetes.automount_service_account_token,
    securityContext: contextOf(kubernetes.pod_security_context),
    containers: [
      containerOf(runner, "build", imageOf(runner, job.image), job),
      containerOf(runner, "helper", kubernetes.helper_image, job),
    ],
    volumes: [{ name: "repo", emptyDir: {} }],
  };
  const patched = kubernetes.pod_spec.reduce<Table>(
    (own, { patch }) => strategicMerge(own, JSON.parse(patch)),
    spec,
  );
  const { namespace, pod_labels: labels } = kubernetes;
  return { apiVersion: "v1", kind: "Pod", metadata: { name: job.name, namespace, labels }, spec: patched };
}
