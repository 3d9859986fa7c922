import type { KubernetesObject } from "./client";

/** What somebody may do with some kinds of objects. */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What gets rights: a ServiceAccount of a namespace, or a user, as the certificate says. */
type Subject = { readonly namespace: string } | "user";

/** Gives a ServiceAccount or a user of this name rights in all namespaces. */
export function clusterRights(name: string, rules: readonly Rule[], subject: Subject): KubernetesObject[] {
  const apiGroup = "rbac.authorization.k8s.io";
  const apiVersion = `${apiGroup}/v1`;
  const who = subject === "user" ? { apiGroup, kind: "User" } : { kind: "ServiceAccount", ...subject };
  return [
    { apiVersion, kind: "ClusterRole", metadata: { name }, rules },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup, kind: "ClusterRole", name },
      subjects: [{ ...who, name }],
    },
  ];
}
