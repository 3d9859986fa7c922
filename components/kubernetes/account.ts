import * as core from "@pulumi/kubernetes/core/v1";
import type { Foundation, Pod } from "./foundation";
import { labels } from "./labels";

/** Name of a pod's resources in the stack. */
export const logicalName = ({ role, useCase, resourceName }: Pod) =>
  resourceName ?? (useCase ? `${useCase}-${role}` : role);

/** The ServiceAccount of a role in its namespace, with the marks by which a cloud trusts it; no pod gets its token unasked. */
export function account(foundation: Pick<Foundation, "options" | "marks">, pod: Pod): core.ServiceAccount {
  const marks = foundation.marks(pod);
  return new core.ServiceAccount(
    `${logicalName(pod)}-account`,
    {
      metadata: {
        name: pod.role,
        namespace: pod.namespace,
        labels: { ...labels(pod), ...marks.labels },
        annotations: { ...marks.annotations },
      },
      automountServiceAccountToken: false,
    },
    foundation.options,
  );
}
