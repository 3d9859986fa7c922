import { type Client, type KubernetesObject, title } from "../../cluster/client";
import { eventually } from "../../local/eventually";

/** Whether the controllers have made all that an object of theirs asks for at first. */
function isMade({ kind, spec, status, metadata }: KubernetesObject): boolean {
  switch (kind) {
    case "Deployment":
      return status.observedGeneration === metadata.generation && (status.replicas ?? 0) === spec.replicas;
    case "StatefulSet":
      return status.replicas >= 1; // the others wait for a node to run the first
    case "Job":
      return spec.suspend === true || status.active >= 1;
    case "HorizontalPodAutoscaler":
      return status?.conditions !== undefined;
    default:
      return true;
  }
}

/** Reasons why controllers could not make pods: refused by admission, over quota, without their ServiceAccount. */
export async function failedCreations(client: Client): Promise<string[]> {
  const events = await client.list("v1", "Event");
  return events
    .filter(({ reason }) => reason === "FailedCreate")
    .map(({ involvedObject, message }) => `${involvedObject.kind} ${involvedObject.name}: ${message}`);
}

/** Waits until the controllers have made the pods of all objects; throws what they could not make, and why. */
export async function untilMade(client: Client, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    await eventually(`the pods of ${title(object)} are made`, async () =>
      isMade(await client.get(object)),
    ).catch(async () => {
      const reasons = await failedCreations(client);
      throw new Error(`no pods of ${title(object)}: ${reasons.join("; ") || "no event says why"}`);
    });
  }
}

/** The Job that a CronJob starts when its time comes. */
export function jobOf({ metadata, spec }: KubernetesObject): KubernetesObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...spec.jobTemplate.metadata, name: `${metadata.name}-now`, namespace: metadata.namespace },
    spec: spec.jobTemplate.spec,
  };
}

/** Waits until no controller writes into the objects any more. */
export async function untilSettled(client: Client, objects: readonly KubernetesObject[]): Promise<void> {
  let before = "";
  await eventually("no controller writes any more", async () => {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const versions = await Promise.all(objects.map((object) => client.get(object)));
    const now = versions.map(({ metadata }) => metadata.resourceVersion).join();
    const settled = now === before;
    before = now;
    return settled;
  });
}
