import * as rbac from "@pulumi/kubernetes/rbac/v1";
import type * as pulumi from "@pulumi/pulumi";
import { logicalName } from "./account";
import type { Foundation, Pod } from "./foundation";
import { metadata } from "./workload";

/** What the executor asks of the API with these settings: no exec, and it may write the Secret of a job but read none. */
const rules = [
  { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/attach"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["secrets"], verbs: ["create", "update", "delete"] },
  { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["get"] },
];

/** What the runner may do, in its own namespace only. */
export function runnerRights({ options }: Foundation, pod: Pod): pulumi.Resource[] {
  const role = new rbac.Role(`${logicalName(pod)}-role`, { metadata: metadata(pod), rules }, options);
  const binding = new rbac.RoleBinding(
    `${logicalName(pod)}-binding`,
    {
      metadata: metadata(pod),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: pod.role },
      subjects: [{ kind: "ServiceAccount", name: pod.role, namespace: pod.namespace }],
    },
    options,
  );
  return [role, binding];
}
