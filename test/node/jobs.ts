import type { Client, Condition, KubernetesObject } from "../../cluster/client";
import { eventually } from "../../local/eventually";

/** What a Job has otherwise than the CronJob that it is made from. */
export interface JobChange {
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** A Job from a CronJob, as `kubectl create job --from`, `kubectl set image` and `kubectl set env` make it. */
export function jobFrom(cron: KubernetesObject, name: string, change: JobChange): KubernetesObject {
  const { metadata, spec } = structuredClone(cron.spec.jobTemplate) as KubernetesObject;
  const container = spec.template.spec.containers[0];
  if (change.image) container.image = change.image;
  if (change.args) container.args = change.args;
  const env = Object.entries(change.env ?? {}).map(([key, value]) => ({ name: key, value }));
  container.env = [...container.env, ...env];
  const { namespace } = cron.metadata;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadata, name, ...(namespace ? { namespace } : {}) },
    spec,
  };
}

/** Starts a Job from a CronJob of the cluster. */
export async function startJob(
  client: Client,
  namespace: string,
  cron: string,
  name: string,
  change: JobChange,
): Promise<KubernetesObject> {
  const from = { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: cron, namespace } };
  return client.create(jobFrom(await client.get(from), name, change));
}

const conditionOf = ({ status }: KubernetesObject, types: readonly string[]) =>
  (status?.conditions ?? []).find(({ type, status: is }: Condition) => types.includes(type) && is === "True");

/** The place of a Job in the cluster. */
export const jobNamed = (name: string, namespace: string): KubernetesObject => ({
  ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace } },
});

const createdAt = ({ metadata }: KubernetesObject) => Date.parse(metadata.creationTimestamp as string);

async function attempt(client: Client, pod: KubernetesObject) {
  const [container] = pod.status.containerStatuses;
  const lines: string[] = [];
  await client.follow({ ...pod, apiVersion: "v1", kind: "Pod" }, container.name, (line) => lines.push(line));
  return { code: container.state.terminated?.exitCode as number, log: lines.join("\n") };
}

/** What the last pod of a Job printed, and its exit code, once the Job is over; a failed attempt before it is shown. */
export async function endOf(client: Client, job: KubernetesObject, seconds: number) {
  const { name, namespace = "" } = job.metadata;
  await eventually(
    `Job ${name} ends`,
    async () => conditionOf(await client.get(job), ["Complete", "Failed"]),
    seconds,
  );
  const pods = (await client.list("v1", "Pod", namespace))
    .filter(({ metadata }) => (metadata.labels as Record<string, string>)["job-name"] === name)
    .sort((one, other) => createdAt(one) - createdAt(other));
  const ends: Awaited<ReturnType<typeof attempt>>[] = [];
  for (const pod of pods) ends.push(await attempt(client, pod));
  const last = ends.pop();
  if (!last) throw new Error(`Job ${name} is over, and has no pod`);
  for (const { code, log } of ends)
    console.log(`Job ${name} is tried again: a pod ended with ${code}\n${log}`);
  return last;
}
